/// How loud the line is when nobody speaks: mean and mean deviation of the level, in dB.
struct NoiseLevel {
    private(set) var meanDB: Float
    private(set) var deviationDB: Float = 1
    private var levelCount: Float = 0

    init(meanDB: Float) { self.meanDB = meanDB }

    /// Takes in 5 ms of noise. Follows with a time constant of 300 ms, at the start faster, as a
    /// mean of what there is. Later a bang moves it little (20 dB/s), and it falls faster than it
    /// rises.
    mutating func update(levelDB: Float) {
        levelCount = min(levelCount + 1, 60)
        let difference = levelDB - meanDB
        let weight = difference < -6 ? 0.1 : max(1 / 60, 1 / (levelCount + 4))
        meanDB += weight * (levelCount < 60 ? difference : min(difference, 6))
        deviationDB += weight * (min(abs(difference), 12) - deviationDB)
    }

    /// Begins anew at a level that is known to be noise.
    mutating func restart(meanDB: Float) {
        self.meanDB = meanDB
        levelCount = 20
    }
}
