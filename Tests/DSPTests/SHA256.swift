/// SHA-256 (FIPS 180-4), for the tests that hold tables and fixtures against committed digests.
enum SHA256 {
    static func hex(_ message: [UInt8]) -> String {
        var state = initial
        var padded = message
        padded.append(0x80)
        padded.append(contentsOf: [UInt8](repeating: 0, count: (119 - message.count % 64) % 64))
        let bitCount = UInt64(message.count) * 8
        padded.append(
            contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) })
        precondition(padded.count % 64 == 0)
        var schedule = [UInt32](repeating: 0, count: 64)
        for block in stride(from: 0, to: padded.count, by: 64) {
            for t in 0..<16 {
                schedule[t] = (0..<4).reduce(0) { $0 << 8 | UInt32(padded[block + 4 * t + $1]) }
            }
            for t in 16..<64 {
                let a = schedule[t - 15]
                let b = schedule[t - 2]
                schedule[t] =
                    schedule[t - 16] &+ (rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3))
                    &+ schedule[t - 7] &+ (rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10))
            }
            compress(&state, schedule)
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(_ state: inout [UInt32], _ schedule: [UInt32]) {
        var v = state
        for t in 0..<64 {
            let sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
            let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
            let first = v[7] &+ sum1 &+ choice &+ constants[t] &+ schedule[t]
            let sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
            v[7] = v[6]
            v[6] = v[5]
            v[5] = v[4]
            v[4] = v[3] &+ first
            v[3] = v[2]
            v[2] = v[1]
            v[1] = v[0]
            v[0] = first &+ sum0 &+ majority
        }
        for index in 0..<8 { state[index] &+= v[index] }
    }

    private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { (x >> n) | (x << (32 - n)) }

    private static let primes: [UInt64] = Array(
        (2...311 as ClosedRange<UInt64>).filter { n in
            !(2..<n).contains { n % $0 == 0 }
        }.prefix(64))

    // The first 32 bits of the fractional parts of the primes' square and cube roots.
    private static let initial = primes.prefix(8).map { UInt32(truncatingIfNeeded: root($0, 2)) }
    private static let constants = primes.map { UInt32(truncatingIfNeeded: root($0, 3)) }

    /// floor(n^(1/degree) · 2^32), by bisection on whole numbers of 128 bits.
    private static func root(_ n: UInt64, _ degree: Int) -> UInt64 {
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = low + (high - low) / 2
            // middle² ≤ n·2^64, or middle³ ≤ n·2^96 with both sides divided by middle.
            let square = UInt128(middle) * UInt128(middle)
            let fits =
                degree == 2
                ? square <= UInt128(n) << 64 : square <= (UInt128(n) << 96) / UInt128(middle)
            if fits { low = middle } else { high = middle }
        }
        return low
    }
}
