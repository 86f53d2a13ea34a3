import Assembly
import Configuration
import Net
import Twilio
import Wire

// Whose call it is that a webhook tells of.

extension AssistantDirectory {
    /// Who answers a call or a message: by the number of ours, which is the calling one where we placed
    /// the call, then by the route.
    func owner(of form: TwilioForm, at route: RouteBlock) -> (assistant: Assistant, path: CallPath)
    {
        let isOurs = form["Direction"].hasPrefix("outbound")
        return answering(form[isOurs ? "From" : "To"], at: route)
    }

    /// Who goes on with a call: whom the address of the action names, which holds on every node. Without
    /// that, as with a call that an earlier version answered, whoever would answer it now.
    func owner(
        of form: TwilioForm, _ request: HTTPRequest, at route: RouteBlock
    ) -> Assistant {
        let query = TwilioForm((try? request.queryParameters()) ?? [])
        let id = query[AfterAddress.assistant]
        if !id.isEmpty, let named = assistant(named: id) { return named }
        return owner(of: form, at: route).assistant
    }
}

/// The address that is asked for when a stream or a `<Dial>` is over. Twilio signs it, so that what it
/// says of the call is what we have said.
enum AfterAddress {
    static let attempt = "attempt"
    static let assistant = "assistant"

    /// - Parameter attempt: of the stream; nil after a `<Dial>`.
    static func path(assistantID: String, attempt: Int? = nil) -> String {
        var query = QueryText()
        if let attempt { query.add(Self.attempt, String(attempt)) }
        query.add(assistant, assistantID)
        return "/twilio/after" + query.text
    }
}
