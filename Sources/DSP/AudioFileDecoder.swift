import CSndfile

/// Decodes an audio file that is in memory, piece by piece: whatever libsndfile knows by its content,
/// such as WAV, FLAC, Ogg Vorbis, Ogg Opus and MP3.
///
/// One for each file, used by one thread at a time. Allocates; does not touch the disk.
public final class AudioFileDecoder {
    /// Samples per second.
    public let sampleRate: Int
    /// Channels in the file; they are mixed.
    public let channelCount: Int

    /// What libsndfile reads from.
    private final class Memory {
        let bytes: [UInt8]
        var position = 0
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        static func from(_ data: UnsafeMutableRawPointer?) -> Memory? {
            data.map { Unmanaged<Memory>.fromOpaque($0).takeUnretainedValue() }
        }

        func seek(_ offset: Int, _ whence: Int32) -> Int {
            let origin =
                switch Int(whence) {
                case SF_SEEK_CUR: position
                case SF_SEEK_END: bytes.count
                default: 0
                }
            position = max(0, min(bytes.count, origin + offset))
            return position
        }

        func read(into target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
            let length = min(count, bytes.count - position)
            guard length > 0, let target else { return 0 }
            bytes.withUnsafeBytes { source in
                guard let base = source.baseAddress else { return }
                target.copyMemory(from: base + position, byteCount: length)
            }
            position += length
            return length
        }
    }

    /// What sound is made at; anything else is a damaged head.
    private static let rates = 4000...384_000
    private static let channelCounts: ClosedRange<Int32> = 1...16

    private let memory: Memory
    private let file: OpaquePointer
    private var block: [Float] = []

    /// Reads the head.
    ///
    /// - Throws: `DSPError.cannotDecode` for what is not an audio file.
    public init(_ bytes: [UInt8]) throws(DSPError) {
        let memory = Memory(bytes)
        var calls = SF_VIRTUAL_IO()
        calls.get_filelen = { sf_count_t(Memory.from($0)?.bytes.count ?? 0) }
        calls.seek = { sf_count_t(Memory.from($2)?.seek(Int($0), $1) ?? -1) }
        calls.read = { sf_count_t(Memory.from($2)?.read(into: $0, Int($1)) ?? 0) }
        calls.write = { _, _, _ in 0 }
        calls.tell = { sf_count_t(Memory.from($0)?.position ?? 0) }
        var info = SF_INFO()
        let context = Unmanaged.passUnretained(memory).toOpaque()
        guard let file = sf_open_virtual(&calls, Int32(SFM_READ), &info, context) else {
            throw .cannotDecode(what: "the audio file", reason: AudioFile.lastError(nil))
        }
        guard Self.rates.contains(Int(info.samplerate)), Self.channelCounts.contains(info.channels)
        else {
            sf_close(file)
            throw .cannotDecode(
                what: "the audio file",
                reason: "\(info.channels) channels at \(info.samplerate) Hz are not speech")
        }
        self.memory = memory
        self.file = file
        sampleRate = Int(info.samplerate)
        channelCount = Int(info.channels)
    }

    deinit { sf_close(file) }

    /// The next samples, at most `count`, channels averaged; none at the end.
    ///
    /// - Throws: `DSPError.cannotDecode` where the file is damaged.
    public func read(_ count: Int) throws(DSPError) -> [Int16] {
        if block.count < count * channelCount {
            block = [Float](repeating: 0, count: count * channelCount)
        }
        let frameCount = withExtendedLifetime(memory) {
            Int(sf_readf_float(file, &block, sf_count_t(count)))
        }
        guard frameCount > 0 else {
            guard sf_error(file) == Int32(SF_ERR_NO_ERROR) else {
                throw .cannotDecode(what: "the audio file", reason: AudioFile.lastError(file))
            }
            return []
        }
        let scale = 32_768 / Float(channelCount)
        return (0..<frameCount).map { frame in
            var sum: Float = 0
            for channel in 0..<channelCount { sum += block[frame * channelCount + channel] }
            return SampleConversion.int16(sum * scale)
        }
    }
}
