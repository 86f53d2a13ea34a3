import DSP
import Net
import Realtime
import TestSupport
import Wire

/// What the services of streamed recognition have in common: recognition, patience and faults.
final class StreamedHearing: Sendable {
    let statistics: ServiceStatistics
    private let index: FixtureIndex?
    private let transcript: String
    private let faults: FaultBoard
    private let delay: LatencyDistribution
    private let generator: Locked<SeededGenerator>

    init(
        index: FixtureIndex?, options: ServiceStandInOptions, statistics: ServiceStatistics,
        faults: FaultBoard
    ) {
        self.index = index
        self.statistics = statistics
        self.faults = faults
        transcript = options.transcript
        delay = options.transcription
        // Other numbers than those of the services that are asked by requests.
        generator = Locked(SeededGenerator(seed: options.seed &* 3 &+ 0x5EA2))
    }

    /// The delay of an answer, in nanoseconds.
    func drawNanos() -> UInt64 { generator.withLock { delay.drawNanos(using: &$0) } }

    /// What the answer that is begun now meets.
    func takeFault() -> ServiceFault? {
        let fault = faults.take(.stt)
        if fault != nil { statistics.suffered(.stt) }
        return fault
    }

    /// The status that a handshake is refused with, where that is the fault of the day.
    func refusal() -> Int? {
        guard case .status(let status) = faults.next(.stt) else { return nil }
        _ = takeFault()
        return status
    }

    /// The words in samples at 8000 Hz; empty for silence.
    func words(_ samples: [Float]) -> String {
        let found = index?.recognize(samples)
        let isQuiet = !samples.contains { abs($0) > HearingConnection.soundAmplitude }
        guard let found else { return isQuiet ? "" : transcript }
        return found.map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// One client's audio, and what it is told, in order and after a while. Loop only.
final class HearingConnection {
    /// −40 dBFS.
    static let soundAmplitude: Float = 0.01
    static let blockSampleCount = 160

    let shared: StreamedHearing
    private let socket: WebSocket
    private var samples: [Float] = []
    /// Samples of the stream that lie before `samples`.
    private var forgotten = 0
    /// Samples of silence at the end.
    private(set) var silentCount = 0
    private let halving = Downsampler16to8()
    private var queue: [(dueNanos: UInt64, action: () -> Void)] = []
    private var timer: LoopTimer?
    private var pendingCount = 0
    /// A fault has taken the voice away.
    private var isMute = false
    private var extraNanos: UInt64 = 0
    /// How much is still said before the voice is taken away.
    private var sayCountLeft: Int?

    init(_ shared: StreamedHearing, socket: WebSocket) {
        self.shared = shared
        self.socket = socket
        timer = socket.loop.makeTimer { [weak self] in self?.advance() }
    }

    // MARK: - Hearing

    /// Samples heard since the beginning.
    var through: Int { forgotten + samples.count }

    func hear(muLaw bytes: UnsafeRawBufferPointer) {
        add(bytes.map { Float(G711.decodeMuLaw($0)) / 32_768 })
    }

    /// - Parameter rate: 8,000 or 16,000.
    func hear(linear bytes: UnsafeRawBufferPointer, rate: Int) {
        let heard = (0..<bytes.count / 2).map {
            Float(
                Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)))
                / 32_768
        }
        guard rate == 16_000 else { return add(heard) }
        var half = [Float](repeating: 0, count: halving.outputCount(forInputCount: heard.count))
        let count = heard.withUnsafeBufferPointer { input in
            half.withUnsafeMutableBufferPointer { halving.process(input, into: $0) }
        }
        add(Array(half[..<count]))
    }

    private func add(_ heard: [Float]) {
        samples += heard
        if let last = heard.lastIndex(where: { abs($0) > Self.soundAmplitude }) {
            silentCount = heard.count - 1 - last
        } else {
            silentCount += heard.count
        }
    }

    /// The words from a place in the stream on.
    func words(from start: Int) -> String {
        shared.words(Array(samples[max(0, start - forgotten)...]))
    }

    func hasSound(from start: Int) -> Bool {
        samples[min(max(0, start - forgotten), samples.count)...]
            .contains { abs($0) > Self.soundAmplitude }
    }

    /// What lies before is not asked for again.
    func forget(before start: Int) {
        let count = min(max(0, start - forgotten), samples.count)
        samples.removeFirst(count)
        forgotten += count
    }

    // MARK: - Answering

    /// An answer begins: counts it, and meets what was ordered to go wrong.
    /// - Parameter error: how the service puts a failure with a status.
    func beginAnswer(_ note: String, error: (Int) -> JSONValue) {
        shared.statistics.began(.stt)
        shared.statistics.note(.stt, note)
        pendingCount += 1
        switch shared.takeFault() {
        case nil: break
        case .hang: isMute = true
        case .stall: sayCountLeft = 1
        case .cut: enqueue(after: shared.drawNanos()) { [socket] in socket.abort() }
        case .garbage:
            enqueue(after: shared.drawNanos()) { [socket] in Self.send(Array("}{ [".utf8), socket) }
            enqueue(after: 0) { [weak self] in self?.isMute = true }
        case .status(let status):
            say(error(status), after: shared.drawNanos())
            enqueue(after: 0) { [socket] in socket.close(code: 1011, reason: "told to fail") }
        case .drip(_, let everyMs): extraNanos = UInt64(everyMs) * 1_000_000
        }
    }

    /// Says something behind all that is still to be said, so long from now at the earliest.
    func say(_ message: JSONValue, after nanos: UInt64 = 0) {
        guard !isMute else { return }
        enqueue(after: nanos + extraNanos) { [socket] in Self.send(message.encoded(), socket) }
        guard let left = sayCountLeft else { return }
        sayCountLeft = left - 1
        isMute = left <= 1
    }

    /// The answer that was begun is complete with what was said last.
    func endAnswer() {
        enqueue(after: 0) { [weak self] in
            guard let self, pendingCount > 0, !isMute else { return }
            pendingCount -= 1
            shared.statistics.ended(.stt, cancelled: false)
        }
    }

    /// The client has gone.
    func close() {
        timer?.close()
        timer = nil
        queue = []
        for _ in 0..<pendingCount { shared.statistics.ended(.stt, cancelled: true) }
        pendingCount = 0
    }

    private func enqueue(after nanos: UInt64, _ action: @escaping () -> Void) {
        let due = max(socket.loop.nowNanos + nanos, queue.last?.dueNanos ?? 0)
        queue.append((due, action))
        advance()
    }

    private func advance() {
        while let first = queue.first {
            let now = socket.loop.nowNanos
            guard first.dueNanos <= now else {
                timer?.set(atNanos: first.dueNanos)
                return
            }
            queue.removeFirst()
            first.action()
        }
    }

    private static func send(_ bytes: [UInt8], _ socket: WebSocket) {
        _ = bytes.withUnsafeBytes { socket.send(text: $0) }
    }
}
