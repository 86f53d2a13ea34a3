import CMpg123

/// Decodes MP3 while it travels over a network: what is complete is handed on at once.
///
/// Mono at the file's own rate, two channels mixed. One for each stream, used by one thread at a time;
/// allocates. Source: ISO/IEC 11172-3 and 13818-3, as libmpg123 reads them.
public final class MP3Stream {
    /// More than a frame has: 1,152.
    static let samplesMax = 4608

    private let handle: OpaquePointer
    private var rate = 0
    private var samples = [Int16](repeating: 0, count: MP3Stream.samplesMax)

    /// - Throws: `DSPError.cannotDecode` when libmpg123 cannot be set up.
    public init() throws(DSPError) {
        var code: Int32 = 0
        guard let handle = mpg123_new(nil, &code) else {
            throw Self.fault(String(cString: mpg123_plain_strerror(code)))
        }
        self.handle = handle
        let flags = Int(MPG123_QUIET.rawValue) | Int(MPG123_MONO_MIX.rawValue)
        mpg123_param2(handle, Int32(MPG123_ADD_FLAGS.rawValue), flags, 0)
        mpg123_format_none(handle)
        var rates: UnsafePointer<Int>?
        var rateCount = 0
        mpg123_rates(&rates, &rateCount)
        for rate in UnsafeBufferPointer(start: rates, count: rateCount) {
            mpg123_format(
                handle, rate, Int32(MPG123_MONO.rawValue), Int32(MPG123_ENC_SIGNED_16.rawValue))
        }
        guard mpg123_open_feed(handle) == MPG123_OK.rawValue else { throw fault() }
    }

    deinit { mpg123_delete(handle) }

    /// Takes the next bytes, however the stream was cut; `take` is called with the samples that are
    /// complete with them and their rate in hertz, valid during the call.
    ///
    /// - Throws: `DSPError.cannotDecode` for what is not an MP3; nothing can be taken after that.
    public func append(
        _ bytes: UnsafeRawBufferPointer,
        take: (_ samples: UnsafeBufferPointer<Int16>, _ rate: Int) -> Void
    ) throws(DSPError) {
        var source = bytes.bindMemory(to: UInt8.self)
        while true {
            var byteCount = 0
            let code = samples.withUnsafeMutableBytes { room in
                mpg123_decode(
                    handle, source.baseAddress, source.count, room.baseAddress, room.count,
                    &byteCount)
            }
            // Taken by now: what follows is asked for with nothing new.
            source = UnsafeBufferPointer(start: nil, count: 0)
            if byteCount > 0, rate > 0 {
                samples.withUnsafeBufferPointer {
                    take(UnsafeBufferPointer(rebasing: $0[..<(byteCount / 2)]), rate)
                }
            }
            switch code {
            case MPG123_OK.rawValue: break
            case MPG123_NEW_FORMAT.rawValue: try readFormat()
            case MPG123_NEED_MORE.rawValue, MPG123_DONE.rawValue: return
            default: throw fault()
            }
        }
    }

    private func readFormat() throws(DSPError) {
        var found = 0
        var channels: Int32 = 0
        var encoding: Int32 = 0
        guard mpg123_getformat(handle, &found, &channels, &encoding) == MPG123_OK.rawValue,
            found > 0, channels == 1
        else { throw fault() }
        rate = found
    }

    private func fault() -> DSPError { Self.fault(String(cString: mpg123_strerror(handle))) }

    private static func fault(_ reason: String) -> DSPError {
        .cannotDecode(what: "MP3", reason: reason)
    }
}
