import Foundation
import TestSupport
import Twilio

/// What became of a text: the fields of a message as plain values, or the error.
enum Parsed: Equatable {
    case connected(StreamConnected)
    case start(StreamStart)
    case media(Media)
    case dtmf(StreamDTMF)
    case mark(StreamMark)
    case clear(String)
    case stop(StreamStop)
    case unknown(String)
    case failed(StreamMessageError)

    struct Media: Equatable {
        var sequenceNumber: UInt64 = 0
        var streamSid: String?
        var track = StreamTrack.inbound
        var chunk: UInt64 = 0
        var timestampMs: UInt64?
        var audio: [UInt8] = []
    }

    var error: StreamMessageError.Kind? {
        if case .failed(let error) = self { error.kind } else { nil }
    }
}

/// Parses bytes that end exactly where the text ends, so that reading on would be seen by ASan.
func parse(_ text: some Collection<UInt8>, audioBytesMax: Int = 1 << 20) -> Parsed {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: text)
    do throws(StreamMessageError) {
        switch try StreamMessageParser.parse(UnsafeRawBufferPointer(bytes)) {
        case .connected(let connected): return .connected(connected)
        case .start(let start): return .start(start)
        case .media(let view):
            let target = UnsafeMutableRawBufferPointer.allocate(
                byteCount: audioBytesMax, alignment: 1)
            defer { target.deallocate() }
            let count = try view.decodePayload(into: target)
            return .media(
                .init(
                    sequenceNumber: view.sequenceNumber, streamSid: view.streamSid?.string,
                    track: view.track, chunk: view.chunk, timestampMs: view.timestampMs,
                    audio: Array(target[..<count])))
        case .dtmf(let dtmf): return .dtmf(dtmf)
        case .mark(let mark): return .mark(StreamMark(mark))
        case .clear(let streamSid): return .clear(streamSid)
        case .stop(let stop): return .stop(stop)
        case .unknown(let event): return .unknown(event)
        }
    } catch {
        return .failed(error)
    }
}

func parse(_ text: String, audioBytesMax: Int = 1 << 20) -> Parsed {
    parse(Array(text.utf8), audioBytesMax: audioBytesMax)
}

/// What a writer puts into a buffer of this size; nil when it does not fit.
func written(
    _ byteCount: Int = 1 << 16, _ write: (UnsafeMutableRawBufferPointer) -> Int?
) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0xaa, count: byteCount)
    guard let count = bytes.withUnsafeMutableBytes({ write($0) }) else { return nil }
    return Array(bytes[..<count])
}

/// Text of any kind of character, the ones that need escapes more often than they occur.
func randomText(_ generator: inout SeededGenerator, lengthMax: Int) -> String {
    let special: [Unicode.Scalar] = [
        "\"", "\\", "/", "\n", "\t", "\u{0}", "\u{1f}", "\u{7f}", "é", "日", "🙂", "\u{ffff}", "<",
        "&",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...lengthMax, using: &generator) {
        if Bool.random(using: &generator) {
            text.unicodeScalars.append(special.randomElement(using: &generator) ?? "x")
        } else {
            text.unicodeScalars.append(
                Unicode.Scalar(UInt8.random(in: 0x20...0x7e, using: &generator)))
        }
    }
    return text
}

func randomBytes(_ generator: inout SeededGenerator, countMax: Int) -> [UInt8] {
    (0..<Int.random(in: 0...countMax, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
    }
}

/// One message of each kind that Twilio sends, and of each that it takes.
let sampleMessages: [String] = [
    #"{"event":"connected","protocol":"Call","version":"1.0.0"}"#,
    #"{"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"accountSid":"AC1","#
        + #""streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"#
        + #""encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"#
        + #""customParameters":{"FirstName":"J\u00e9r\ud83d\ude42","a\"b":"\\"}}}"#,
    #"{"event":"media","sequenceNumber":"3","streamSid":"MZ1","media":{"track":"inbound","#
        + #""chunk":"1","timestamp":"5","payload":"no+JhoaJjpzS"}}"#,
    #"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","#
        + #""dtmf":{"track":"inbound_track","digit":"1"}}"#,
    #"{"event":"mark","sequenceNumber":"4","streamSid":"MZ1","mark":{"name":"my label"}}"#,
    #"{"event":"stop","sequenceNumber":"5","streamSid":"MZ1","#
        + #""stop":{"accountSid":"AC1","callSid":"CA1"}}"#,
    #"{"event":"clear","streamSid":"MZ1"}"#,
    #"{"event":"media","streamSid":"MZ1","media":{"payload":"a3242sY="}}"#,
    #"{"event":"new","v":[null,true,false,-1.5e+3,{"a":[]},"x"]}"#,
]
