import Foundation
import Store

/// What no single key can judge: values that can be read and can't be meant so, or not together.
extension Configuration {
    /// A fault of a configuration whose every value can be read.
    package struct Contradiction: Sendable, Equatable {
        /// Dotted keys that it depends on; it is told where the first of them stands.
        package var keys: [String]
        package var message: String

        init(_ keys: String..., message: String) {
            self.keys = keys
            self.message = message
        }
    }

    package func contradictions() -> [Contradiction] {
        turnContradictions() + bufferContradictions() + addressContradictions()
            + assistantContradictions() + voiceContradictions()
    }

    private func turnContradictions() -> [Contradiction] {
        var found: [Contradiction] = []
        let isOrdered =
            turn.endpointMinMs <= turn.endpointMs && turn.endpointMs <= turn.endpointMaxMs
        if turn.endpointing == .adaptive, !isOrdered {
            found.append(
                Contradiction(
                    "turn.endpointMs", "turn.endpointMinMs", "turn.endpointMaxMs",
                    "turn.endpointing",
                    message: "turn.endpointMinMs ≤ endpointMs ≤ endpointMaxMs must hold; they are "
                        + "\(turn.endpointMinMs), \(turn.endpointMs), \(turn.endpointMaxMs)"))
        }
        if vad.offsetThreshold >= vad.onsetThreshold {
            found.append(
                Contradiction(
                    "vad.offsetThreshold", "vad.onsetThreshold",
                    message: "vad.offsetThreshold (\(vad.offsetThreshold)) must be under "
                        + "vad.onsetThreshold (\(vad.onsetThreshold))"))
        }
        let timeout = gather.speechTimeout
        if timeout != "auto", !(Int(timeout).map { (1...60).contains($0) } ?? false) {
            found.append(
                Contradiction(
                    "gather.speechTimeout",
                    message:
                        "gather.speechTimeout is '\(timeout)'; write auto or a number of seconds "
                        + "up to 60"))
        }
        return found
    }

    private func bufferContradictions() -> [Contradiction] {
        var found: [Contradiction] = []
        let (leadMs, frameMs) = (conversation.leadMs, conversation.frameMs)
        if frameMs % 10 != 0 {
            found.append(
                Contradiction(
                    "buffers.frameMs",
                    message: "buffers.frameMs is \(frameMs); it must be a multiple of 10"))
        }
        if leadMs < frameMs {
            found.append(
                Contradiction(
                    "buffers.leadMs", "buffers.frameMs",
                    message: "buffers.leadMs (\(leadMs)) must be at least buffers.frameMs "
                        + "(\(frameMs)), or every frame would be late"))
        }
        // A message of 10 ms has 212 bytes; marks and a reserve come on top.
        let leadBytesMax = leadMs * 24 + 4096
        if buffers.outboundBytesMax < leadBytesMax {
            found.append(
                Contradiction(
                    "buffers.outboundBytesMax", "buffers.leadMs",
                    message:
                        "buffers.outboundBytesMax (\(buffers.outboundBytesMax)) must hold what "
                        + "buffers.leadMs sends at once: at least \(leadBytesMax)"))
        }
        return found
    }

    private func addressContradictions() -> [Contradiction] {
        var found: [Contradiction] = []
        if server.tlsCertificate.isEmpty != server.tlsKey.isEmpty {
            let keys = ["server.tlsCertificate", "server.tlsKey"]
            let given = server.tlsCertificate.isEmpty ? 1 : 0
            found.append(
                Contradiction(
                    keys[given], keys[1 - given],
                    message: "server.tlsCertificate and server.tlsKey go together; give both or "
                        + "neither"))
        }
        if !telemetry.otlpEndpoint.isEmpty, !Self.isWebAddress(telemetry.otlpEndpoint) {
            found.append(
                Contradiction(
                    "telemetry.otlpEndpoint",
                    message: "'\(telemetry.otlpEndpoint)' is not an address; write "
                        + "\"http://127.0.0.1:4318\""))
        }
        if !store.url.isEmpty, let fault = DatabaseOptions.fault(inURL: store.url) {
            found.append(
                Contradiction(
                    "store.url",
                    message: "store.url is not an address of a PostgreSQL database: \(fault)"))
        }
        if !state.url.isEmpty, let fault = RedisState.fault(inURL: state.url) {
            found.append(
                Contradiction(
                    "state.url", message: "state.url is not an address of a Redis server: \(fault)")
            )
        }
        if !twilio.publicURL.isEmpty,
            let fault = TwilioSettings.fault(inPublicURL: twilio.publicURL)
        {
            found.append(Contradiction("twilio.publicURL", message: fault))
        }
        return found
    }

    private static func isWebAddress(_ text: String) -> Bool {
        guard let parts = URLComponents(string: text) else { return false }
        return ["https", "http"].contains(parts.scheme) && parts.host?.isEmpty == false
    }

    private func assistantContradictions() -> [Contradiction] {
        guard !assistants.isEmpty else {
            return [
                Contradiction(
                    "assistants",
                    message: "there is no assistant; add one: assistants: [{id: concya}]")
            ]
        }
        var found: [Contradiction] = []
        let ids = assistants.map(\.id)
        let known = ids.joined(separator: ", ")
        if !ids.contains(defaultAssistant) {
            found.append(
                Contradiction(
                    "defaultAssistant", "assistants",
                    message: "defaultAssistant is '\(defaultAssistant)'; it must be one of \(known)"
                ))
        }
        for (number, block) in numbers.sorted(by: { $0.key < $1.key })
        where !ids.contains(block.assistant) {
            found.append(
                Contradiction(
                    "numbers.\(number)", "assistants",
                    message: "\(number) goes to '\(block.assistant)', which is not an assistant; "
                        + "there are \(known)"))
        }
        for (path, route) in routes.sorted(by: { $0.key < $1.key }) {
            if ReservedPaths.hold(path) {
                found.append(
                    Contradiction(
                        "routes.\(path)",
                        message: "\(path) is a page of streamd's own; take another path"))
            }
            if !route.assistant.isEmpty, !ids.contains(route.assistant) {
                found.append(
                    Contradiction(
                        "routes.\(path)", "assistants",
                        message: "\(path) goes to '\(route.assistant)', which is not an assistant; "
                            + "there are \(known)"))
            }
            if route.webhook == .voice, routes[route.speech]?.webhook != .speech {
                found.append(
                    Contradiction(
                        "routes.\(path)", "routes",
                        message:
                            "\(path) sends words to '\(route.speech)', which is not a route of "
                            + "speech; add \(route.speech): speech"))
            }
        }
        return found
    }
}

extension TwilioSettings {
    /// What is wrong with an address at which Twilio is to reach us, and what to write instead; nil for
    /// nothing.
    package static func fault(inPublicURL url: String) -> String? {
        guard let parts = URLComponents(string: url),
            parts.scheme == "https" || parts.scheme == "http", let host = parts.host, !host.isEmpty,
            parts.query == nil, parts.path.isEmpty || parts.path == "/"
        else { return "'\(url)' is not a base address; write \"https://voice.example.com\"" }
        guard parts.scheme == "https" || isLoopback(url) else {
            return "'\(url)' is not https, without which Twilio opens no streams; write "
                + "\"https://\(host)\" and put a certificate before it"
        }
        return nil
    }

    /// Whether an address is this machine's own, for trials.
    package static func isLoopback(_ url: String) -> Bool {
        let host = URLComponents(string: url)?.host ?? ""
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "[::1]" || host == "::1"
            || isIPv4 && parts[0] == "127"
    }
}
