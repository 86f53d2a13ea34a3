import DSP
import Foundation
import Glibc
import Pipelines
import Store
import VAD

/// Looks over the whole set-up before it goes live.
public struct Doctor {
    /// One line of the report.
    public struct Finding: Sendable {
        public enum Verdict: String, Sendable { case ok, warning, failed }
        public var verdict: Verdict
        public var subject: String
        /// What was found; for a fault with the mend.
        public var detail: String
    }

    private let configuration: Configuration
    private let secrets: Secrets

    public init(configuration: Configuration, secrets: Secrets) {
        self.configuration = configuration
        self.secrets = secrets
    }

    /// Runs all checks; blocking, a few seconds.
    public func examine() -> [Finding] {
        [trust(), publicAddress(), port(), database(), state(), disk()] + models() + [audioPath()]
    }

    private func ok(_ subject: String, _ detail: String) -> Finding {
        Finding(verdict: .ok, subject: subject, detail: detail)
    }
    private func warn(_ subject: String, _ detail: String) -> Finding {
        Finding(verdict: .warning, subject: subject, detail: detail)
    }
    private func fail(_ subject: String, _ detail: String) -> Finding {
        Finding(verdict: .failed, subject: subject, detail: detail)
    }

    private func trust() -> Finding {
        if !configuration.twilio.validateSignatures {
            return warn(
                "signatures",
                "not checked: anybody can call; set twilio.validateSignatures: true before going live"
            )
        }
        if secrets.authToken.isEmpty {
            return fail("signatures", "TWILIO_AUTH_TOKEN is not set; put it into .env")
        }
        return ok("signatures", "checked with TWILIO_AUTH_TOKEN")
    }

    private func publicAddress() -> Finding {
        let url = configuration.twilio.publicURL
        if url.isEmpty {
            return warn(
                "public address",
                "none; the Host header of each request is believed. Set twilio.publicURL")
        }
        return url.hasPrefix("https://")
            ? ok("public address", "\(url)/twilio/voice is the webhook for the Twilio console")
            : fail("public address", "\(url) is not https; Twilio opens streams over wss only")
    }

    private func port() -> Finding {
        let port = configuration.server.port
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return fail("port", "no socket can be made") }
        defer { close(descriptor) }
        var one: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_ANY)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0
            ? ok("port", "\(port) is free")
            : fail(
                "port",
                "\(port) can't be taken: \(String(cString: strerror(errno))); stop what uses it or "
                    + "set server.port")
    }

    private func database() -> Finding {
        do {
            let database = try StreamDaemon.openDatabase(configuration.store)
            let version = try database.schemaVersion()
            database.close()
            return ok("database", "\(database.path), schema \(version)")
        } catch {
            return fail("database", "\(error)")
        }
    }

    private func state() -> Finding {
        guard !configuration.state.url.isEmpty else {
            return ok("call state", "in the process: a restart forgets calls by <Gather>")
        }
        do {
            let state = try StreamDaemon.openState(configuration.state)
            let outcome = BlockingResult<[UInt8]?>()
            state.value(for: "doctor", completion: outcome.take)
            _ = try outcome.get()
            state.close()
            return ok("call state", "in Redis, which answers")
        } catch {
            return fail("call state", "\(error)")
        }
    }

    private func disk() -> Finding {
        let path = configuration.store.url.isEmpty ? configuration.store.path : "."
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var state = statvfs()
        guard statvfs(folder, &state) == 0 else {
            return warn("disk", "the space in \(folder) can't be read")
        }
        let megabytes = Int(state.f_bavail) * Int(state.f_frsize) / 1_000_000
        return megabytes < 500
            ? warn("disk", "\(megabytes) MB are left in \(folder); free some")
            : ok("disk", "\(megabytes) MB are free")
    }

    private func models() -> [Finding] {
        let folder = ModelFolder(configuration.models)
        var paths = [folder.voiceActivityWeights]
        if let whisper = configuration.stt.first(where: { $0.engine == "whisper" }) {
            paths.append(folder.whisperPath(whisper.model))
        }
        return paths.map { path in
            FileManager.default.isReadableFile(atPath: path)
                ? ok("model", path) : fail("model", "\(path) is missing; run scripts/setup")
        }
    }

    /// A spoken sentence goes all the way: speech, µ-law, speech detection, transcription.
    private func audioPath() -> Finding {
        let sentence = "I would like to book a table for four people."
        do {
            let speech = try AudioTools.speech(
                sentence, voice: nil, with: try AudioTools.flite(configuration))
            let engines = ModelFolder(configuration.models)
            let model = try SileroModel(
                weightsPath: engines.voiceActivityWeights)
            let detector = CallerEar.detector(configuration, model: model)
            var wasHeard = false
            speech.withUnsafeBufferPointer { samples in
                detector.process(samples) { event in
                    if case .started = event { wasHeard = true }
                }
            }
            guard wasHeard else {
                return fail(
                    "audio path", "the speech detector hears nothing; lower vad.onsetThreshold")
            }
            guard configuration.stt.contains(where: { $0.engine == "whisper" }) else {
                return ok("audio path", "speech is made and detected; no recogniser is configured")
            }
            let text = try AudioTools.whisper(configuration).transcribe(samples8k: speech).text
            return text.lowercased().contains("table")
                ? ok("audio path", "said \"\(sentence)\", heard \"\(text)\"")
                : fail("audio path", "said \"\(sentence)\", heard \"\(text)\"; take a larger model")
        } catch {
            return fail("audio path", "\(error)")
        }
    }
}
