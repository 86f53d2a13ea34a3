import Glibc

/// Cuts the audio into sub-frames of 5 ms and remembers the levels of the last 1.28 s.
///
/// Levels are taken above 150 Hz (second-order Butterworth), so that hum and rumble do not count.
struct LevelHistory: ~Copyable {
    static let subframeCount = 40
    static let floorDB: Float = -90
    private static let capacity = 256

    private let levels: UnsafeMutablePointer<Float>
    /// Sub-frames completed so far.
    private(set) var count = 0
    private var filled = 0
    private var energy: Float = 0
    private var formerPower: Float = 0
    /// Level of the last 10 ms.
    private(set) var currentDB = Self.floorDB
    private var state1: Float = 0
    private var state2: Float = 0
    private let gain: Float
    private let feedback1: Float
    private let feedback2: Float

    init() {
        levels = .allocate(capacity: Self.capacity)
        levels.initialize(repeating: Self.floorDB, count: Self.capacity)
        let warped = Float(tan(Double.pi * 150 / 8_000))
        let norm = 1 / (1 + Float(2).squareRoot() * warped + warped * warped)
        gain = norm
        feedback1 = 2 * (warped * warped - 1) * norm
        feedback2 = (1 - Float(2).squareRoot() * warped + warped * warped) * norm
    }

    deinit { levels.deallocate() }

    /// Samples until the sub-frame under way is complete.
    var missingCount: Int { Self.subframeCount - filled }

    /// Takes in at most `missingCount` samples; returns true when that completes a sub-frame.
    mutating func append(_ samples: UnsafeBufferPointer<Int16>) -> Bool {
        precondition(samples.count <= missingCount, "more than a sub-frame at once")
        var first = state1
        var second = state2
        var sum = energy
        for sample in samples {
            // Transposed direct form II; the numerator of a high-pass is gain * (1, -2, 1).
            let input = Float(sample) * (gain / 32_768)
            let output = input + first
            first = -2 * input - feedback1 * output + second
            second = input - feedback2 * output
            sum += output * output
        }
        state1 = first
        state2 = second
        energy = sum
        filled += samples.count
        guard filled == Self.subframeCount else { return false }
        let power = energy / Float(Self.subframeCount)
        levels[count % Self.capacity] = Self.decibels(power)
        currentDB = Self.decibels((power + formerPower) / 2)
        formerPower = power
        count += 1
        filled = 0
        energy = 0
        return true
    }

    /// The level of one sub-frame, 0 being the last completed; `floorDB` where nothing is known.
    func levelDB(back: Int) -> Float {
        guard back >= 0, back < min(count, Self.capacity) else { return Self.floorDB }
        return levels[(count - 1 - back) % Self.capacity]
    }

    /// The mean level of the last `subframes`.
    func meanDB(of subframes: Int) -> Float {
        var sum: Float = 0
        for back in 0..<subframes { sum += levelDB(back: back) }
        return sum / Float(subframes)
    }

    /// How many of the last sub-frames, at most `limit`, are softer than `levelDB`, without a gap.
    func quietCount(below levelDB: Float, limit: Int) -> Int {
        var back = 0
        while back < min(limit, Self.capacity), self.levelDB(back: back) <= levelDB { back += 1 }
        return back
    }

    static func decibels(_ power: Float) -> Float { max(floorDB, 10 * log10(power + 1e-12)) }
}
