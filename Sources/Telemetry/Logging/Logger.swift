import Foundation
import Realtime
import Synchronization

/// How important a log line is.
public enum LogLevel: String, CaseIterable, Sendable, Comparable {
    case debug, info, warning, error

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rank < b.rank }
}

/// A value of a log field.
public enum LogValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation
{
    case text(String)
    case integer(Int)
    /// Milliseconds, written with one decimal.
    case milliseconds(Double)
    /// An object that stands as it is in either format.
    case json(String)

    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
}

/// Writes log lines from any thread without ever waiting for the disk or the terminal: a line is
/// put into a bounded buffer and a thread of its own writes it out. Lines beyond the bound are
/// dropped and their number is told in the log.
public final class Logger: Sendable {
    package static let bufferBytesMax = 1 << 20

    private struct Buffer {
        var bytes: [UInt8] = []
        var droppedCount = 0
        var isClosed = false
    }

    private let format: LogSettings.Format
    private let level: Atomic<Int>
    private let descriptor: Int32
    private let buffer = Locked(Buffer())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    /// - Parameter descriptor: where lines go; standard error by default.
    public init(level: LogLevel, format: LogSettings.Format, descriptor: Int32 = 2) {
        self.format = format
        self.level = Atomic(LogLevel.allCases.firstIndex(of: level) ?? 1)
        self.descriptor = descriptor
        let thread = Thread { [self] in writeLoop() }
        thread.name = "log"
        thread.start()
    }

    /// Any thread; takes effect with the next line.
    public func setLevel(_ new: LogLevel) {
        level.store(LogLevel.allCases.firstIndex(of: new) ?? 1, ordering: .relaxed)
    }

    public func isEnabled(_ line: LogLevel) -> Bool {
        (LogLevel.allCases.firstIndex(of: line) ?? 0) >= level.load(ordering: .relaxed)
    }

    public func debug(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) {
        log(.debug, message(), fields())
    }
    public func info(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) {
        log(.info, message(), fields())
    }
    public func warning(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) {
        log(.warning, message(), fields())
    }
    public func error(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]
    ) {
        log(.error, message(), fields())
    }

    /// A line under the level costs nothing, not even its fields.
    /// Formats on the caller's thread (allocates), hands over under a short lock; never waits for I/O.
    public func log(
        _ line: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, LogValue>
    ) {
        guard isEnabled(line) else { return }
        var text = LogLine.render(level: line, message: message(), fields: fields(), format: format)
        text.append("\n")
        let wasEmpty = buffer.withLock { buffer -> Bool in
            guard buffer.bytes.count + text.utf8.count <= Self.bufferBytesMax else {
                buffer.droppedCount += 1
                return false
            }
            let wasEmpty = buffer.bytes.isEmpty
            buffer.bytes.append(contentsOf: text.utf8)
            return wasEmpty
        }
        if wasEmpty { wakeUp.signal() }
    }

    /// Writes what is left and ends the writer's thread. Blocks until it has.
    public func close() {
        let wasClosed = buffer.withLock { buffer in
            defer { buffer.isClosed = true }
            return buffer.isClosed
        }
        guard !wasClosed else { return }
        wakeUp.signal()
        finished.wait()
    }

    private func writeLoop() {
        while true {
            wakeUp.wait()
            let (bytes, dropped, isClosed) = buffer.withLock { buffer in
                defer {
                    buffer.bytes = []
                    buffer.droppedCount = 0
                }
                return (buffer.bytes, buffer.droppedCount, buffer.isClosed)
            }
            write(bytes)
            if dropped > 0 {
                let line = LogLine.render(
                    level: .warning, message: "log lines dropped; the log's reader is too slow",
                    fields: ["count": .integer(dropped)], format: format)
                write(Array((line + "\n").utf8))
            }
            if isClosed {
                finished.signal()
                return
            }
        }
    }

    private func write(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written > 0 {
                start += written
            } else if errno != EINTR {
                return
            }
        }
    }
}
