/// What the process tells of itself as it goes. Any thread; none of it waits.
package struct Telling: Sendable {
    package let log: Logger
    package let metrics = Metrics()

    package init(log: Logger) { self.log = log }
}
