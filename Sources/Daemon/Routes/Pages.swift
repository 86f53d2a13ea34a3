import Assembly
import Net
import TwilioServer

/// All pages of the daemon, in the order in which the description tells them: another one is a value
/// of its feature, and a line here. Twilio's webhooks are in `Configuration.routes`.
struct Pages {
    let all: [Page]
    private let byPath: [String: Page]
    private let byPrefix: [(prefix: String, page: Page)]

    init(_ services: Services, preparation: Preparation, loop: EventLoop) {
        var pages = [StreamEndpoint(services.streams, loop: loop).page]
        pages += StatusPages(context: services.status).pages(preparation)
        pages += CallPages(context: services.callPages).pages
        all = pages
        byPath = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0) })
        byPrefix = pages.compactMap { page in page.prefix.map { ($0, page) } }
    }

    /// The page at a path, and what stands for its `{…}`.
    func at(_ path: String) -> (page: Page, part: String)? {
        if let page = byPath[path], page.prefix == nil { return (page, "") }
        for (prefix, page) in byPrefix where path.hasPrefix(prefix) {
            let part = path.dropFirst(prefix.count)
            if !part.isEmpty, !part.contains("/") { return (page, String(part)) }
        }
        return nil
    }
}
