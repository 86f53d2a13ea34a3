import Configuration
import Net
import Telemetry
import Realtime

/// The listening socket, and the router behind it.
final class ServerPart: DaemonPart {
    private let group: EventLoopGroup
    private let services: Services
    private let preparation: Preparation
    private let server = Locked<HTTPServer?>(nil)

    init(_ services: Services, preparation: Preparation, group: EventLoopGroup) {
        self.services = services
        self.preparation = preparation
        self.group = group
    }

    /// The port that is listened on; 0 before the start.
    var port: Int { server.withLock { $0?.port ?? 0 } }

    func start() throws {
        let settings = services.business.configuration.server
        let log = services.tell.log
        let made = try HTTPServer(
            group: group, options: HTTPServerOptions(settings),
            onEvent: { Self.tell($0, log) }
        ) { [preparation, services] loop in
            let router = Router(services: services, preparation: preparation, loop: loop)
            return { request, responder in router.handle(request, responder) }
        }
        server.withLock { $0 = made }
        log.info(
            "listening",
            [
                "host": .text(settings.host), "port": .integer(made.port),
                "loops": .integer(group.loops.count),
            ])
    }

    /// The certificate's files may have changed under the same names.
    func reload(_ settings: Configuration) {
        do throws(NetError) {
            try server.withLock { $0 }?.reloadCertificate()
        } catch {
            services.tell.log.error(
                "certificate not reloaded; the old one stays", ["why": .text("\(error)")])
        }
    }

    func stop() { server.withLock { $0 }?.close() }

    /// Logs a request that never reached a route.
    private static func tell(_ event: HTTPServerEvent, _ log: Logger) {
        guard let status = event.status else {
            return log.info(
                "connection closed", ["from": .text(event.remoteAddress), "why": .text(event.what)])
        }
        log.warning(
            "request refused",
            [
                "from": .text(event.remoteAddress), "status": .integer(status),
                "why": .text(event.what),
            ])
    }
}
