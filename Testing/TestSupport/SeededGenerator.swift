/// The generator of every test, simulation and stand-in: SplitMix64, which draws the same numbers
/// from the same seed on every machine. A value; one thread at a time.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A new seed, printed, so that a failure can be run again by putting the number in its place.
public func printedSeed(_ test: String = #function) -> UInt64 {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed of \(test): \(seed)")
    return seed
}

extension SeededGenerator {
    /// True in so many of a hundred draws.
    public mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }

    /// A number of the range, all alike.
    public mutating func pick(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }
}
