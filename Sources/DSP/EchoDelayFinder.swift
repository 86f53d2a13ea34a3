import Glibc

/// Finds how long the agent's voice takes to come back from the caller's side: the lag at which the
/// loudness of what comes goes with the loudness of what was played.
///
/// Loudness is taken of frames of 10 ms, in decibels, and correlated at every lag over the last
/// seconds in which something was played; what the caller says goes with no lag for long. One per
/// call, used by one thread at a time. Allocates in `init` only; a frame costs 3 multiplications a
/// lag.
public final class EchoDelayFinder {
    /// What the finder takes at a time, in milliseconds.
    public static let frameMs = 10
    /// Milliseconds, a multiple of 10; nil until an echo was found. What was found stays until
    /// another delay is as sure.
    public private(set) var delayMs: Int?

    private let lagCount: Int
    /// Loudness of the last frames played above the floor, a ring; and the sums of each lag, weighted.
    private let far: UnsafeMutableBufferPointer<Float>
    private let farSums: UnsafeMutableBufferPointer<Float>
    private let farSquares: UnsafeMutableBufferPointer<Float>
    private let products: UnsafeMutableBufferPointer<Float>
    private var position = 0
    private var weight: Float = 0
    private var nearSum: Float = 0
    private var nearSquares: Float = 0
    private var framesSinceLoud = Int.max / 2
    private var frameCount = 0
    private var candidate = 0
    private var candidateCount = 0

    /// Weight of a frame against the next: the last three seconds count.
    private static let fading: Float = 0.997
    /// Two seconds and a half of something played come before the first answer.
    private static let weightMin: Float = 150
    /// Quieter than this nothing is told apart, in dBFS.
    private static let floor: Float = -65
    /// Played at least this loud, an echo may be heard.
    private static let loud: Float = -45
    /// The correlation that an echo has at its lag, and how much less there is away from it.
    private static let correlationMin: Float = 0.65
    private static let marginMin: Float = 0.1
    private static let nearbyFrames = 8
    /// Looked at so often, and found in the same place so often.
    private static let intervalFrames = 10
    private static let agreements = 6

    /// - Parameter maxMs: the longest delay that is looked for.
    public init(maxMs: Int = 1000) {
        let count = maxMs / Self.frameMs + 1
        func buffer() -> UnsafeMutableBufferPointer<Float> {
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            buffer.initialize(repeating: 0)
            return buffer
        }
        lagCount = count
        (far, farSums, farSquares, products) = (buffer(), buffer(), buffer(), buffer())
    }

    deinit {
        far.deallocate()
        farSums.deallocate()
        farSquares.deallocate()
        products.deallocate()
    }

    /// Takes 10 ms of what is played and, of the same time, of what comes from the caller's side.
    public func take(
        far farSamples: UnsafeBufferPointer<Int16>, near nearSamples: UnsafeBufferPointer<Int16>
    ) {
        let farLoudness = Self.loudness(farSamples)
        position = (position + 1) % lagCount
        far[position] = farLoudness - Self.floor
        framesSinceLoud = farLoudness > Self.loud ? 0 : framesSinceLoud + 1
        // Long after the last of it there is no echo to be heard.
        guard framesSinceLoud < lagCount else { return }
        add(Self.loudness(nearSamples) - Self.floor)
        frameCount += 1
        if frameCount % Self.intervalFrames == 0, weight >= Self.weightMin { look() }
    }

    private func add(_ near: Float) {
        let fading = Self.fading
        weight = weight * fading + 1
        nearSum = nearSum * fading + near
        nearSquares = nearSquares * fading + near * near
        for lag in 0..<lagCount {
            let index = position - lag
            let played = far[index < 0 ? index + lagCount : index]
            farSums[lag] = farSums[lag] * fading + played
            farSquares[lag] = farSquares[lag] * fading + played * played
            products[lag] = products[lag] * fading + played * near
        }
    }

    private func look() {
        var best = 0
        for lag in 1..<lagCount where correlation(lag) > correlation(best) { best = lag }
        let peak = correlation(best)
        var elsewhere: Float = 0
        for lag in 0..<lagCount where abs(lag - best) > Self.nearbyFrames {
            elsewhere = max(elsewhere, correlation(lag))
        }
        guard peak >= Self.correlationMin, peak - elsewhere >= Self.marginMin else {
            candidateCount = 0
            return
        }
        candidateCount = abs(best - candidate) <= 2 ? candidateCount + 1 : 1
        candidate = best
        if candidateCount >= Self.agreements { delayMs = best * Self.frameMs }
    }

    private func correlation(_ lag: Int) -> Float {
        let covariance = products[lag] - farSums[lag] * nearSum / weight
        let farVariance = farSquares[lag] - farSums[lag] * farSums[lag] / weight
        let nearVariance = nearSquares - nearSum * nearSum / weight
        guard farVariance > weight, nearVariance > weight else { return 0 }
        return covariance / (farVariance * nearVariance).squareRoot()
    }

    /// In dBFS, no less than the floor.
    private static func loudness(_ samples: UnsafeBufferPointer<Int16>) -> Float {
        var sum: Float = 0
        for sample in samples { sum += Float(sample) * Float(sample) }
        let power = sum / Float(max(1, samples.count)) / (32_768 * 32_768)
        return max(floor, 10 * log10(max(power, 1e-12)))
    }
}
