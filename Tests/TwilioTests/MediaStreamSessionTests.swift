import Foundation
import TestSupport
import Testing
import Twilio

/// One session fed with text.
private struct Feed {
    var session: MediaStreamSession
    var nowNanos: UInt64 = 1_000_000_000
    var audio = [UInt8](repeating: 0, count: 8000)

    init(_ limits: MediaStreamLimits = MediaStreamLimits()) {
        session = MediaStreamSession(openedAtNanos: nowNanos, limits: limits)
    }

    mutating func text(_ text: String) -> MediaStreamEvent {
        Array(text.utf8).withUnsafeBytes { bytes in
            audio.withUnsafeMutableBytes {
                session.receive(bytes, nowNanos: nowNanos, audio: $0)
            }
        }
    }

    mutating func media(_ fields: String, sid: String = "MZ1") -> MediaStreamEvent {
        text(#"{"event":"media","streamSid":"\#(sid)","media":{\#(fields)}}"#)
    }

    /// A feed whose `start` has been accepted.
    static func started(_ limits: MediaStreamLimits = MediaStreamLimits()) -> Feed {
        var feed = Feed(limits)
        _ = feed.text(sampleMessages[0])
        guard case .started = feed.text(sampleMessages[1]) else { preconditionFailure() }
        return feed
    }
}

extension MediaStreamEvent {
    fileprivate var violation: ProtocolViolation? {
        if case .violation(let violation) = self { violation } else { nil }
    }
}

@Suite struct MediaStreamSessionTests {
    @Test func namesOfMarksAreUnescapedAndCutAtTheLimit() throws {
        var feed = Feed.started(MediaStreamLimits(payloadBytesMax: 300))
        let sid = try #require(feed.session.start?.streamSid)
        func mark(_ name: String, sid: String) -> String {
            #"{"event":"mark","streamSid":"\#(sid)","mark":{"name":"\#(name)"}}"#
        }
        #expect(feed.text(mark(#"t1\u002es2 é"#, sid: sid)) == .mark(nameByteCount: 8))
        #expect(feed.audio[..<8] == Array("t1.s2 é".utf8)[...])
        let long = String(repeating: "x", count: 305)
        #expect(feed.text(mark(long, sid: sid)) == .mark(nameByteCount: 300))
        #expect(feed.text(mark("", sid: sid)) == .mark(nameByteCount: 0))
        #expect(
            feed.text(mark("a", sid: "MZ other")).violation?.kind
                == .wrongStreamSid(event: "mark", found: "MZ other", expected: sid))
    }

    @Test func aMarkBeforeTheStartIsAViolation() {
        var feed = Feed()
        let mark = #"{"event":"mark","streamSid":"MZ1","mark":{"name":"a"}}"#
        #expect(feed.text(mark).violation?.kind == .beforeStart(event: "mark"))
    }

    @Test func aWholeStream() {
        var feed = Feed()
        #expect(feed.text(sampleMessages[0]) == .connected(StreamConnected()))
        guard case .started(let start) = feed.text(sampleMessages[1]) else {
            Issue.record("start was not accepted")
            return
        }
        #expect(start.customParameters["FirstName"] == "Jér🙂")
        let audio = StreamAudio(byteCount: 9, timestampMs: 5, lostChunkCount: 0)
        #expect(feed.text(sampleMessages[2]) == .audio(audio))
        #expect(feed.audio[..<9] == [0x9e, 0x8f, 0x89, 0x86, 0x86, 0x89, 0x8e, 0x9c, 0xd2])
        #expect(feed.text(sampleMessages[3]) == .dtmf(digit: "1"))
        #expect(feed.text(sampleMessages[4]) == .mark(nameByteCount: 8))
        #expect(feed.audio[..<8] == Array("my label".utf8)[...])
        #expect(feed.text(sampleMessages[8]) == .ignored(.unknownEvent("new")))
        #expect(feed.text(sampleMessages[6]) == .ignored(.unknownEvent("clear")))
        #expect(feed.text(sampleMessages[5]) == .stopped)
        #expect(feed.session.hasEnded)
        #expect(feed.text(sampleMessages[2]) == .ignored(.afterEnd))
        #expect(feed.session.messageCount == 9)
        #expect(feed.session.chunkCount == 1)
    }

    @Test func everyBreachHasItsCloseCodeAndReason() {
        typealias Kind = ProtocolViolation.Kind
        func start(_ inner: String, sid: String = "MZ1") -> String {
            #"{"event":"start","streamSid":"\#(sid)","start":{\#(inner)}}"#
        }
        let format = #""mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}"#
        let wide = MediaFormat(encoding: "audio/l16", sampleRateHertz: 16000, channelCount: 2)
        let fresh: [(String, Kind, UInt16)] = [
            ("hello", .malformed(.init(.wrongType(.message), offset: 0)), 1007),
            (sampleMessages[2], .beforeStart(event: "media"), 1002),
            (sampleMessages[3], .beforeStart(event: "dtmf"), 1002),
            (sampleMessages[4], .beforeStart(event: "mark"), 1002),
            (sampleMessages[5], .beforeStart(event: "stop"), 1002),
            (
                #"{"event":"connected","protocol":"Fax","version":"1"}"#,
                .unsupportedProtocol("Fax"), 1003
            ),
            (
                start(#""callSid":"C","streamSid":"MZ2",\#(format)"#),
                .streamSidUnclear(outer: "MZ1", inner: "MZ2"), 1002
            ),
            (
                start(#""callSid":"C",\#(format)"#, sid: ""),
                .streamSidUnclear(outer: "", inner: ""), 1002
            ),
            (start(#""callSid":"",\#(format)"#), .callSidEmpty, 1002),
            (start(#""callSid":"C""#), .unsupportedFormat(nil), 1003),
            (
                start(
                    #""callSid":"C","mediaFormat":{"encoding":"audio/l16","sampleRate":"16000","#
                        + #""channels":2}"#), .unsupportedFormat(wide), 1003
            ),
            (
                start(#""callSid":"C","tracks":["outbound"],\#(format)"#),
                .noInboundTrack(["outbound"]), 1003
            ),
        ]
        for (text, kind, code) in fresh {
            var feed = Feed()
            check(feed.text(text), kind, code, message: 1)
            #expect(feed.text(sampleMessages[1]) == .ignored(.afterEnd))
        }
        let other = #"{"event":"mark","streamSid":"MZ2","mark":{"name":"m"}}"#
        let started: [(String, Kind, UInt16)] = [
            (sampleMessages[1], .startTwice, 1002),
            (sampleMessages[0], .connectedOutOfOrder, 1002),
            (other, .wrongStreamSid(event: "mark", found: "MZ2", expected: "MZ1"), 1002),
            (
                #"{"event":"media","media":{"payload":""}}"#,
                .wrongStreamSid(event: "media", found: nil, expected: "MZ1"), 1002
            ),
            (
                #"{"event":"media","streamSid":"MZ1","media":{"payload":"A?=="}}"#,
                .malformed(.init(.base64Character(0x3f), offset: 56)), 1007
            ),
        ]
        for (text, kind, code) in started {
            var feed = Feed.started()
            check(feed.text(text), kind, code, message: 3)
            #expect(feed.session.deadlineNanos == nil)
        }
        var feed = Feed.started()
        check(
            feed.session.receiveBinary(byteCount: 5), .binaryFrame(byteCount: 5), 1003, message: 3)
        #expect(feed.session.receiveBinary(byteCount: 5) == .ignored(.afterEnd))
    }

    private func check(
        _ event: MediaStreamEvent, _ kind: ProtocolViolation.Kind, _ code: UInt16, message: UInt64
    ) {
        guard let violation = event.violation else {
            Issue.record("\(kind) was not seen: \(event)")
            return
        }
        #expect(violation.kind == kind)
        #expect(violation.closeCode == code, "\(violation)")
        #expect(violation.messageNumber == message)
        #expect(violation.closeReason.utf8.count <= 123)
        #expect(violation.description.hasPrefix("message \(message): "))
        #expect(!violation.description.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func reasonsStayShortWhateverThePeerSends() {
        var feed = Feed.started()
        let long = String(repeating: "\\u0000é🙂", count: 500)
        let event = feed.text(#"{"event":"mark","streamSid":"\#(long)","mark":{"name":"m"}}"#)
        #expect(event.violation?.closeReason.utf8.count ?? 999 <= 123)
        #expect(event.violation?.description.utf8.count ?? 999 < 400)
        #expect(event.violation?.description.contains("\0") == false)
    }

    @Test func payloadsAreBoundedExactly() {
        let limits = MediaStreamLimits(payloadBytesMax: 300)
        func payload(_ count: Int) -> String {
            #""payload":""# + Data(repeating: 1, count: count).base64EncodedString() + #"""#
        }
        var feed = Feed.started(limits)
        let whole = StreamAudio(byteCount: 300, timestampMs: nil, lostChunkCount: 0)
        #expect(feed.media(payload(300)) == .audio(whole))
        let violation = feed.media(payload(301)).violation
        #expect(violation?.kind == .payloadTooLarge(limitBytes: 300))
        #expect(violation?.closeCode == 1009)
    }

    @Test func gapsAreCountedAndStaleChunksDropped() {
        var feed = Feed.started(MediaStreamLimits(chunkGapMax: 50))
        func chunk(_ number: UInt64) -> MediaStreamEvent {
            feed.media(#""chunk":"\#(number)","payload":"AAAA""#)
        }
        func audio(lost: UInt64) -> MediaStreamEvent {
            .audio(StreamAudio(byteCount: 3, timestampMs: nil, lostChunkCount: lost))
        }
        #expect(chunk(1) == audio(lost: 0))
        #expect(chunk(2) == audio(lost: 0))
        #expect(chunk(5) == audio(lost: 2))
        #expect(chunk(5) == .ignored(.staleChunk(5)))
        #expect(chunk(3) == .ignored(.staleChunk(3)))
        #expect(chunk(6) == audio(lost: 0))
        #expect(feed.session.lostChunkCount == 2)
        #expect(feed.session.staleChunkCount == 2)
        #expect(chunk(.max) == audio(lost: 50))
        #expect(feed.session.lostChunkCount == 52)
        #expect(
            feed.media(#""track":"outbound","payload":"AAAA""#) == .ignored(.otherTrack))
        #expect(feed.session.chunkCount == 5)
    }

    @Test func startAndMediaMustComeInTime() {
        var feed = Feed(MediaStreamLimits(startTimeoutMs: 10, mediaTimeoutMs: 30))
        #expect(feed.session.deadlineNanos == 1_010_000_000)
        #expect(feed.session.checkDeadline(nowNanos: 1_009_999_999) == nil)
        var late = feed
        let violation = late.session.checkDeadline(nowNanos: 1_010_000_000)
        #expect(violation?.kind == .startTimedOut(afterMs: 10))
        #expect(violation?.closeCode == 1008)
        #expect(late.session.hasEnded)
        #expect(late.session.checkDeadline(nowNanos: 2_000_000_000) == nil)
        feed.nowNanos = 1_005_000_000
        _ = feed.text(sampleMessages[1])
        #expect(feed.session.deadlineNanos == 1_035_000_000)
        feed.nowNanos = 1_020_000_000
        _ = feed.text(sampleMessages[2])
        #expect(feed.session.deadlineNanos == 1_050_000_000)
        #expect(
            feed.session.checkDeadline(nowNanos: 1_050_000_000)?.kind
                == .mediaTimedOut(afterMs: 30))
        let unlimited = MediaStreamLimits(startTimeoutMs: 0, mediaTimeoutMs: 0)
        #expect(Feed(unlimited).session.deadlineNanos == nil)
        #expect(Feed.started(unlimited).session.deadlineNanos == nil)
    }

    @Test func randomOrdersKeepTheRules() {
        let seed = printedSeed("randomOrdersKeepTheRules")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var feed = Feed()
            var hasConnected = false
            var hasStarted = false
            var hasEnded = false
            for _ in 1...12 {
                let index = Int.random(in: 0..<sampleMessages.count, using: &generator)
                let event = feed.text(sampleMessages[index])
                if hasEnded {
                    #expect(event == .ignored(.afterEnd), "seed \(seed)")
                    continue
                }
                let isFine: Bool =
                    switch index {
                    case 0: !hasConnected && !hasStarted
                    case 1: !hasStarted
                    case 2, 3, 4, 5, 7: hasStarted
                    default: true
                    }
                #expect((event.violation == nil) == isFine, "seed \(seed): \(event)")
                if index == 0, isFine { hasConnected = true }
                if index == 1, isFine { hasStarted = true }
                if !isFine || index == 5 { hasEnded = true }
                #expect(feed.session.hasEnded == hasEnded, "seed \(seed)")
            }
        }
    }
}
