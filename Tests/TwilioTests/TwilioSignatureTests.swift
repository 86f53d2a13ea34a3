import Foundation
import Testing
import Twilio
import Wire

/// Vectors computed by Twilio's own library: scripts/signature-vectors.py.
private struct Vectors: Decodable {
    struct Form: Decodable {
        var url: String
        var token: String
        var parameters: [[String]]
        var algorithm: String
        var signature: String

        var pairs: [TwilioSignature.Parameter] { parameters.map { (name: $0[0], value: $0[1]) } }
        var method: TwilioSignature.Algorithm {
            algorithm == "HMAC_SHA256" ? .hmacSHA256 : .hmacSHA1
        }
    }

    struct Body: Decodable {
        var url: String
        var token: String
        var body: String
        var signature: String
    }

    var forms: [Form]
    var bodies: [Body]

    static func load() throws -> Vectors {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Vectors/signatures.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }
}

@Suite struct TwilioSignatureTests {
    @Test func agreesWithTwiliosLibraryOnForms() throws {
        let forms = try Vectors.load().forms
        #expect(forms.count == 120)
        for form in forms {
            #expect(
                TwilioSignature.sign(
                    url: form.url, parameters: form.pairs, authToken: form.token,
                    algorithm: form.method) == form.signature, "\(form)")
            func isValid(_ signature: String, _ url: String, _ token: String) -> Bool {
                TwilioSignature.isValid(
                    signature, url: url, parameters: form.pairs.reversed(), authToken: token,
                    algorithm: form.method)
            }
            #expect(isValid(form.signature, form.url, form.token), "\(form)")
            #expect(!isValid(form.signature, form.url + "x", form.token))
            #expect(!isValid(form.signature, form.url, form.token + "x"))
            #expect(!isValid(String(form.signature.dropLast()), form.url, form.token))
            #expect(!isValid("", form.url, form.token))
            #expect(
                !TwilioSignature.isValid(
                    form.signature, url: form.url, parameters: form.pairs + [("new", "x")],
                    authToken: form.token, algorithm: form.method))
        }
    }

    @Test func agreesWithTwiliosLibraryOnJSONBodies() throws {
        let bodies = try Vectors.load().bodies
        #expect(bodies.count == 20)
        for body in bodies {
            let bytes = Array(body.body.utf8)
            func isValid(_ bytes: [UInt8], _ url: String) -> Bool {
                TwilioSignature.isValid(
                    body.signature, url: url, jsonBody: bytes, authToken: body.token)
            }
            #expect(isValid(bytes, body.url))
            #expect(!isValid(bytes + [32], body.url))
            #expect(!isValid(bytes, body.url.replacingOccurrences(of: "bodySHA256", with: "b")))
        }
    }

    @Test func standardPortMayBeThereOrNot() {
        func signed(_ url: String, asked: String) -> Bool {
            TwilioSignature.isValid(
                TwilioSignature.sign(url: url, authToken: "t"), url: asked, parameters: [],
                authToken: "t")
        }
        let pairs = [
            ("https://h.example/a?b=1", "https://h.example:443/a?b=1"),
            ("http://h.example", "http://h.example:80"),
            ("https://u:p@h.example/a@b:c", "https://u:p@h.example:443/a@b:c"),
            ("https://[2001:db8::1]/a", "https://[2001:db8::1]:443/a"),
        ]
        for (bare, ported) in pairs {
            #expect(signed(bare, asked: bare))
            #expect(signed(bare, asked: ported))
            #expect(signed(ported, asked: bare))
            #expect(signed(ported, asked: ported))
        }
        // Behind a tunnel with a port of its own, the port may be left out, but no other may stand.
        #expect(signed("https://h.example/a", asked: "https://h.example:8443/a"))
        #expect(!signed("https://h.example:8443/a", asked: "https://h.example/a"))
        #expect(!signed("http://h.example/a", asked: "https://h.example/a"))
    }

    @Test func handshakesMayBeSpelledInEveryWayTwilioMight() {
        let url = "wss://h.example/twilio/stream"
        func accepts(_ signedURL: String, asked: String = url) -> Bool {
            TwilioSignature.isValidHandshake(
                TwilioSignature.sign(url: signedURL, authToken: "t"), url: asked, authToken: "t")
        }
        for scheme in ["wss", "https"] {
            for port in ["", ":443"] {
                for ending in ["", "/"] {
                    let spelled = "\(scheme)://h.example\(port)/twilio/stream\(ending)"
                    #expect(accepts(spelled), "\(spelled)")
                    #expect(accepts(url, asked: spelled), "\(spelled)")
                }
            }
        }
        #expect(accepts("http://127.0.0.1:8000/s", asked: "ws://127.0.0.1:8000/s"))
        for wrong in [
            "ws://h.example/twilio/stream", "wss://h.example/twilio/strea",
            "wss://g.example/twilio/stream", "wss://h.example:80/twilio/stream",
            "wss://h.example/twilio/stream?x=1",
        ] {
            #expect(!accepts(wrong), "\(wrong)")
        }
        #expect(!TwilioSignature.isValidHandshake("", url: url, authToken: "t"))
    }

    @Test func publicURLsBehindAProxy() {
        for base in ["https://h.example", "https://h.example/", "https://h.example//"] {
            #expect(
                TwilioSignature.publicURL(base: base, path: "/twilio/voice", query: "a=1")
                    == "https://h.example/twilio/voice?a=1")
        }
        #expect(
            TwilioSignature.publicURL(base: "https://h.example/phone", path: "/")
                == "https://h.example/phone/")
    }
}
