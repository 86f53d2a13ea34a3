import Foundation
import Testing

/// The dashboard that is shipped draws what the daemon measures.
@Suite struct DashboardTests {
    @Test func everyMetricOfTheDashboardIsThere() async throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "samples/grafana/streamd.json")
        let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: path))
        let panels = try #require((object as? [String: Any])?["panels"] as? [[String: Any]])
        let expressions = panels.flatMap { ($0["targets"] as? [[String: Any]]) ?? [] }
            .compactMap { $0["expr"] as? String }
        #expect(panels.count >= 9 && expressions.count >= panels.count)
        let daemon = try await TestDaemon.start()
        let page = try await daemon.get("/metrics").body
        try await daemon.stop()
        let known = Set(
            page.split(separator: "\n").map { $0.prefix { $0 != " " && $0 != "{" } })
        for expression in expressions {
            let names = expression.matches(of: /(twilio|streamd)_\w+/).map(\.output.0)
            #expect(!names.isEmpty, "\(expression)")
            for name in names { #expect(known.contains(name), "\(name) is not measured") }
        }
    }
}
