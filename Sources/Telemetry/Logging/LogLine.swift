import Foundation
import Wire

/// Renders one log line as text for people or as a JSON object for machines.
package enum LogLine {
    package static func render(
        level: LogLevel, message: String, fields: KeyValuePairs<String, LogValue>,
        format: LogSettings.Format
    ) -> String {
        switch format {
        case .text: text(level: level, message: message, fields: fields)
        case .json: json(level: level, message: message, fields: fields)
        }
    }

    private static func text(
        level: LogLevel, message: String, fields: KeyValuePairs<String, LogValue>
    ) -> String {
        var line = "\(timestamp()) \(level.rawValue.uppercased()) \(singleLine(message))"
        for (name, value) in fields {
            switch value {
            case .integer(let number): line += " \(name)=\(number)"
            case .milliseconds(let number): line += " \(name)=\(oneDecimal(number))ms"
            case .json(let object): line += " \(object)"
            case .text(let text):
                let needsQuotes =
                    text.isEmpty || text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
                let clean = singleLine(text)
                line +=
                    needsQuotes
                    ? " \(name)=\"\(clean.replacing("\"", with: "\\\""))\"" : " \(name)=\(clean)"
            }
        }
        return line
    }

    private static func json(
        level: LogLevel, message: String, fields: KeyValuePairs<String, LogValue>
    ) -> String {
        var line = "{\"time\":\"\(timestamp())\",\"level\":\"\(level.rawValue)\",\"message\":"
        line += quoted(message)
        for (name, value) in fields {
            line += ",\(quoted(name)):"
            switch value {
            case .integer(let number): line += "\(number)"
            case .milliseconds(let number): line += oneDecimal(number)
            case .json(let object): line += object
            case .text(let text): line += quoted(text)
            }
        }
        return line + "}"
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONText.quoted(text), as: UTF8.self)
    }

    /// Control characters would let a caller's words forge log lines.
    private static func singleLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return text }
        var clean = ""
        for scalar in text.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                clean += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                clean.unicodeScalars.append(scalar)
            }
        }
        return clean
    }

    private static func oneDecimal(_ value: Double) -> String {
        guard value.isFinite else { return "0.0" }
        let tenths = Int((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// RFC 3339 in UTC with milliseconds.
    package static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        var seconds = now.tv_sec
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let milliseconds = now.tv_nsec / 1_000_000
        let fraction = String("00\(milliseconds)".suffix(3))
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction)Z"
    }
}
