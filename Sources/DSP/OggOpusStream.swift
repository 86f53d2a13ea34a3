import COgg
import COpus

/// Decodes Ogg Opus while it travels over a network: what is complete is handed on at once.
///
/// Mono at the rate asked for, two channels mixed. One for each stream, used by one thread at a time;
/// allocates while its buffers grow. Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).
public final class OggOpusStream {
    /// Opus counts in this rate, whatever the sound was made at: Hz.
    public static let clockRate = 48_000
    /// The rates that libopus decodes to: Hz.
    public static let rates = [8000, 12_000, 16_000, 24_000, 48_000]
    /// The longest packet lasts 120 ms.
    static let packetSamplesMax = 5760
    /// A first page longer than this is none.
    static let headByteCountMax = 65_536

    /// What every page begins with.
    static let capturePattern = Array("OggS".utf8)

    /// Of what is handed on: Hz.
    public let rate: Int

    private var sync = ogg_sync_state()
    private var logical = ogg_stream_state()
    private var hasLogical = false
    private var hasPage = false
    private var isEnded = false
    private var byteCount = 0
    private var packetCount = 0
    private var decoder: OpaquePointer?
    private var samples: [Int16]
    private var gain: Float = 1
    /// Still to be dropped at the beginning, and decoded so far; on Opus' clock.
    private var skipCount = 0
    private var decodedCount = 0

    /// - Parameter rate: one of ``rates``; libopus decodes straight to it.
    public init(rate: Int = 8000) {
        precondition(Self.rates.contains(rate), "no rate of Opus")
        self.rate = rate
        samples = [Int16](repeating: 0, count: Self.packetSamplesMax)
        ogg_sync_init(&sync)
    }

    deinit {
        ogg_sync_clear(&sync)
        if hasLogical { ogg_stream_clear(&logical) }
        if let decoder { opus_decoder_destroy(decoder) }
    }

    /// Takes the next bytes, however the stream was cut; `take` is called for each packet of sound
    /// that is complete with them, valid during the call.
    ///
    /// - Throws: `DSPError.cannotDecode` for what is not Ogg Opus; nothing can be taken after that.
    public func append(
        _ bytes: UnsafeRawBufferPointer, take: (UnsafeBufferPointer<Int16>) -> Void
    ) throws(DSPError) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        // libogg waits for the length of a page before it looks: what is something else is told sooner.
        let missing = Self.capturePattern.dropFirst(byteCount)
        guard zip(missing, bytes).allSatisfy({ $0 == $1 }) else {
            throw Self.fault("it does not begin with a page of Ogg")
        }
        guard let room = ogg_sync_buffer(&sync, bytes.count) else {
            throw Self.fault("there is no memory for it")
        }
        UnsafeMutableRawPointer(room).copyMemory(from: source, byteCount: bytes.count)
        ogg_sync_wrote(&sync, bytes.count)
        byteCount += bytes.count
        var page = ogg_page()
        while true {
            switch ogg_sync_pageout(&sync, &page) {
            case 1: try took(&page, take)
            case 0:
                guard hasPage || byteCount <= Self.headByteCountMax else {
                    throw Self.fault("its first page has no end")
                }
                return
            default:
                // A hole in what went well so far is skipped, as in any player.
                guard hasPage else { throw Self.fault("it does not begin with a page of Ogg") }
            }
        }
    }

    private func took(
        _ page: inout ogg_page, _ take: (UnsafeBufferPointer<Int16>) -> Void
    ) throws(DSPError) {
        // Another stream may follow the one that has ended, as radio stations chain them.
        if ogg_page_bos(&page) != 0, !hasLogical || isEnded {
            if hasLogical { ogg_stream_clear(&logical) }
            ogg_stream_init(&logical, ogg_page_serialno(&page))
            hasLogical = true
            isEnded = false
            packetCount = 0
        }
        hasPage = true
        // Pages of other streams beside it are refused here.
        guard hasLogical, ogg_stream_pagein(&logical, &page) == 0 else { return }
        var packet = ogg_packet()
        while true {
            let found = ogg_stream_packetout(&logical, &packet)
            guard found != 0 else { return }
            guard found == 1 else { continue }
            packetCount += 1
            isEnded = packet.e_o_s != 0
            switch packetCount {
            case 1: try readHead(packet)
            // Comments.
            case 2: break
            default: try decode(packet, take)
            }
        }
    }

    private func readHead(_ packet: ogg_packet) throws(DSPError) {
        let head = [UInt8](
            UnsafeBufferPointer(start: packet.packet, count: Int(packet.bytes)))
        guard head.count >= 19, head.starts(with: "OpusHead".utf8) else {
            throw Self.fault("there is something else than Opus in it")
        }
        // Versions 0 to 15 can be read by readers of the first.
        guard head[8] < 16, (1...2).contains(head[9]), head[18] == 0 else {
            throw Self.fault("it has \(head[9]) channels in family \(head[18]), not one or two")
        }
        skipCount = Int(head[10]) | Int(head[11]) << 8
        decodedCount = 0
        let steps = Int16(bitPattern: UInt16(head[16]) | UInt16(head[17]) << 8)
        gain = Self.factor(ofGain: Int(steps))
        if let decoder { opus_decoder_destroy(decoder) }
        var code: Int32 = 0
        decoder = opus_decoder_create(Int32(rate), 1, &code)
        guard decoder != nil, code == OPUS_OK else {
            throw Self.fault("the decoder can't be made (\(code))")
        }
    }

    private func decode(
        _ packet: ogg_packet, _ take: (UnsafeBufferPointer<Int16>) -> Void
    ) throws(DSPError) {
        // An empty one would have libopus make sound up.
        guard let decoder, packet.bytes > 0 else { return }
        let count = Int(
            opus_decode(
                decoder, packet.packet, Int32(packet.bytes), &samples, Int32(samples.count), 0))
        guard count >= 0 else {
            throw Self.fault(String(cString: opus_strerror(Int32(count))))
        }
        let step = Self.clockRate / rate
        decodedCount += count * step
        let skipped = min(count, (skipCount + step - 1) / step)
        skipCount -= min(skipCount, skipped * step)
        var end = count
        if packet.e_o_s != 0, packet.granulepos >= 0 {
            // The last packet is longer than the sound: its position says where that ends.
            let excess = decodedCount - Int(packet.granulepos)
            if excess > 0, excess <= count * step { end = max(skipped, count - excess / step) }
        }
        guard skipped < end else { return }
        if gain != 1 {
            for index in skipped..<end {
                samples[index] = SampleConversion.int16(Float(samples[index]) * gain)
            }
        }
        samples.withUnsafeBufferPointer { take(UnsafeBufferPointer(rebasing: $0[skipped..<end])) }
    }

    /// Of a head's output gain, in 256ths of a decibel.
    private static func factor(ofGain steps: Int) -> Float {
        guard steps != 0 else { return 1 }
        // The 5120th root of 10 is a step of 1/256 dB.
        let step = steps > 0 ? 1.000_449_824_791_8 : 1 / 1.000_449_824_791_8
        return Float((0..<abs(steps)).reduce(into: 1.0) { product, _ in product *= step })
    }

    private static func fault(_ reason: String) -> DSPError {
        .cannotDecode(what: "Ogg Opus", reason: reason)
    }
}
