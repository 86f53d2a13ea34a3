import Calls
import Foundation
import Testing

/// Commands to a call on a real stream, from another thread.
@Suite struct LiveCommandTests {
    private static func handle(_ daemon: TestDaemon, _ callSid: String) async throws -> CallHandle {
        let id = CallID(carrier: "twilio", name: callSid)
        #expect(await eventually { daemon.daemon.callRegistry[id] != nil })
        return try #require(daemon.daemon.callRegistry[id])
    }

    @Test func aTransferIsWhatTwilioIsToldToDial() async throws {
        let daemon = try await TestDaemon.start()
        async let closing = daemon.withStream { peer in
            peer.begin("81")
            return peer.closing()
        }
        let handle = try await Self.handle(daemon, "CA81")
        try await handle.send(.transfer(number: "+15552220041"))
        #expect(try await closing?.code == 1000)
        let answer = try await daemon.form("/twilio/after", [("CallSid", "CA81")])
        #expect(answer.body.contains("+15552220041</Number></Dial>"), "\(answer.body)")
        await #expect(throws: CallCommandError.ended) { try await handle.send(.say("hello")) }
        #expect(try await daemon.metric("streamd_call_commands_total") == 1)
        try await daemon.stop()
    }

    @Test func aCallThatIsLiveWhenTheDaemonStopsIsGivenUpInOrder() async throws {
        let daemon = try await TestDaemon.start()
        async let closing = daemon.withStream { peer in
            peer.begin("82")
            return peer.closing()
        }
        _ = try await Self.handle(daemon, "CA82")
        try await daemon.stop(keepingFiles: true)
        #expect(try await closing?.code == 1001)
        #expect(await daemon.logs("call ended", "CA82", "released"))
        daemon.removeFiles()
    }
}
