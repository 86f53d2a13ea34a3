import Configuration
import Foundation
import Net
import Twilio

/// Whether Twilio sends what comes in on the configured numbers here.
extension Doctor {
    package func numbers() -> [Finding] {
        guard let rest else { return [] }
        var wanted = Set(configuration.numbers.keys)
        if !secrets.phoneNumber.isEmpty { wanted.insert(secrets.phoneNumber) }
        guard !wanted.isEmpty else {
            return [
                warn(
                    "number", "none is configured",
                    remedy: "name it in TWILIO_PHONE_NUMBER, or in numbers with its assistant")
            ]
        }
        let owned: [TwilioNumber]
        switch listed(rest) {
        case .failure(let fault): return [fault.finding]
        case .success(let numbers): owned = numbers
        }
        return wanted.sorted().map { phoneNumber in
            let subject = "number \(phoneNumber)"
            guard let number = owned.first(where: { $0.phoneNumber == phoneNumber }) else {
                return fail(
                    subject, "is none of the account's \(owned.count)",
                    remedy: "buy it, or correct TWILIO_PHONE_NUMBER or numbers")
            }
            return judge(number, subject)
        }
    }

    private struct ListFault: Error { var finding: Finding }

    /// More pages than anybody has.
    private static let pagesMax = 50

    private func listed(_ rest: TwilioREST) -> Result<[TwilioNumber], ListFault> {
        var numbers: [TwilioNumber] = []
        var request: HTTPClientRequest? = rest.listNumbers()
        for _ in 0..<Self.pagesMax {
            guard let next = request else { break }
            switch client.send(next) {
            case .failure(let error):
                return .failure(
                    ListFault(
                        finding: fail(
                            "numbers", "Twilio did not list them: \(error)",
                            remedy: "try again later"
                        )))
            case .success(let response):
                guard let page = TwilioNumber.page(status: response.status, body: response.body)
                else {
                    return .failure(
                        ListFault(
                            finding: fail(
                                "numbers", "Twilio did not list them (status \(response.status))",
                                remedy: "fix the credentials first")))
                }
                numbers += page.numbers
                request = page.nextPageURI.flatMap { rest.nextPage($0) }
            }
        }
        return .success(numbers)
    }

    // MARK: - One number

    /// All that is wrong with a number, in one line.
    private func judge(_ number: TwilioNumber, _ subject: String) -> Finding {
        let faults = calls(number) + messages(number)
        let isBroken = faults.contains { $0.verdict == .failed }
        guard !faults.isEmpty else {
            return ok(subject, "calls come to \(number.voiceURL), texts to \(number.messageURL)")
        }
        let detail = faults.map(\.detail).joined(separator: "; ")
        let remedy = faults.map(\.remedy).joined(separator: "; ")
        return isBroken
            ? fail(subject, detail, remedy: remedy) : warn(subject, detail, remedy: remedy)
    }

    private func calls(_ number: TwilioNumber) -> [Finding] {
        guard number.takesCalls else {
            return [fail("", "takes no calls", remedy: "take a number with voice")]
        }
        let remedy = "set \"A call comes in\" to POST \(address(of: .voice))"
        guard number.callTaker.isEmpty else {
            return [
                warn(
                    "", "its calls go to \(number.callTaker), not to a URL",
                    remedy: "see that it asks \(address(of: .voice))")
            ]
        }
        guard !number.voiceURL.isEmpty else {
            return [fail("", "its calls go nowhere", remedy: remedy)]
        }
        if let fault = fault(of: number.voiceURL, at: .voice) {
            return [fail("", "its calls go to \(number.voiceURL), \(fault)", remedy: remedy)]
        }
        guard number.voiceMethod.uppercased() == "POST" else {
            return [fail("", "its calls come by \(number.voiceMethod)", remedy: remedy)]
        }
        guard number.statusCallback.isEmpty || fault(of: number.statusCallback, at: .status) == nil
        else {
            return [
                warn(
                    "", "its call status goes to \(number.statusCallback)",
                    remedy: "set \"Call status changes\" to \(address(of: .status))")
            ]
        }
        return []
    }

    /// A business may do without texts, so that nothing here is broken.
    private func messages(_ number: TwilioNumber) -> [Finding] {
        guard number.takesMessages else { return [] }
        let remedy = "set \"A message comes in\" to POST \(address(of: .sms))"
        guard number.messageTaker.isEmpty else {
            return [
                warn(
                    "", "its texts go to \(number.messageTaker), not to a URL",
                    remedy: "see that it asks \(address(of: .sms))")
            ]
        }
        guard !number.messageURL.isEmpty else {
            return [warn("", "its texts go nowhere", remedy: remedy)]
        }
        if let fault = fault(of: number.messageURL, at: .sms) {
            return [warn("", "its texts go to \(number.messageURL), \(fault)", remedy: remedy)]
        }
        guard number.messageMethod.uppercased() == "POST" else {
            return [warn("", "its texts come by \(number.messageMethod)", remedy: remedy)]
        }
        return []
    }

    /// What is wrong with a URL that Twilio was given; nil where it leads to such a route of ours.
    private func fault(of url: String, at webhook: RouteBlock.Webhook) -> String? {
        var rest = url
        if !publicURL.isEmpty {
            guard url.hasPrefix(publicURL + "/") else { return "which is not \(publicURL)" }
            rest = String(url.dropFirst(publicURL.count))
        } else {
            guard let parts = URLComponents(string: url) else { return "which is not an address" }
            rest = parts.path
        }
        let path = String(rest.prefix { $0 != "?" && $0 != "#" })
        guard let route = configuration.routes[path] else { return "where nothing answers" }
        return route.webhook == webhook ? nil : "which is for \(route.webhook.rawValue)"
    }

    private func address(of webhook: RouteBlock.Webhook) -> String {
        let path =
            switch webhook {
            case .sms: "/twilio/sms"
            case .status: "/twilio/status"
            case .voice, .speech, .after: "/twilio/voice"
            }
        return (publicURL.isEmpty ? "https://YOUR-HOST" : publicURL) + path
    }
}
