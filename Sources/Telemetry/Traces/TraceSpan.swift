import Wire

/// One span of a trace, as the OpenTelemetry protocol has it (OTLP 1, trace.proto). Times are
/// nanoseconds since 1970.
package struct TraceSpan: Sendable {
    /// 16 bytes in hexadecimal, the same for all of a call.
    package var traceID: String
    /// 8 bytes in hexadecimal.
    package var spanID = TraceSpan.randomID(byteCount: 8)
    /// Empty for the root.
    package var parentID = ""
    package var name: String
    package var startNanos: UInt64
    package var endNanos: UInt64
    package var attributes: [(name: String, value: JSONValue)] = []
    /// Why it went wrong, where it did.
    package var fault: String?

    /// Random, and not zero, which the protocol forbids.
    package static func randomID(byteCount: Int) -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for _ in 0..<byteCount * 2 - 1 { text.append(digits[Int.random(in: 0..<16)]) }
        text.append(digits[Int.random(in: 1..<16)])
        return text
    }

    /// The body of one export request that holds all the spans.
    package static func exportRequest(_ spans: [TraceSpan], version: String) -> [UInt8] {
        let resource: JSONValue = .object([
            .init(
                "attributes",
                attributeList([
                    ("service.name", .string("streamd")), ("service.version", .string(version)),
                ]))
        ])
        let scope: JSONValue = .object([
            .init("scope", .object([.init("name", .string("streamd"))])),
            .init("spans", .array(spans.map(\.json))),
        ])
        let request: JSONValue = .object([
            .init(
                "resourceSpans",
                .array([
                    .object([.init("resource", resource), .init("scopeSpans", .array([scope]))])
                ]))
        ])
        return request.encoded()
    }

    private var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("traceId", .string(traceID)), .init("spanId", .string(spanID)),
        ]
        if !parentID.isEmpty { members.append(.init("parentSpanId", .string(parentID))) }
        members += [
            .init("name", .string(name)),
            // Internal: not the calling or the serving side of a request.
            .init("kind", .integer(1)),
            // Integers of 64 bits are strings in the protocol's JSON.
            .init("startTimeUnixNano", .string("\(startNanos)")),
            .init("endTimeUnixNano", .string("\(max(startNanos, endNanos))")),
            .init("attributes", Self.attributeList(attributes)),
        ]
        if let fault {
            // 2 is an error.
            let status: JSONValue = .object([
                .init("code", .integer(2)), .init("message", .string(fault)),
            ])
            members.append(.init("status", status))
        }
        return .object(members)
    }

    private static func attributeList(
        _ attributes: [(name: String, value: JSONValue)]
    ) -> JSONValue {
        .array(
            attributes.map { name, value in
                .object([.init("key", .string(name)), .init("value", typed(value))])
            })
    }

    private static func typed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .bool: .object([.init("boolValue", value)])
        case .integer(let number): .object([.init("intValue", .string("\(number)"))])
        case .number: .object([.init("doubleValue", value)])
        default: .object([.init("stringValue", .string(value.stringValue ?? ""))])
        }
    }
}
