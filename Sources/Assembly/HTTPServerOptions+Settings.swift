import Configuration
import Net

extension HTTPServerOptions {
    /// The server that the configuration describes.
    package init(_ settings: ServerSettings) {
        self.init()
        host = settings.host
        port = settings.port
        headerBytesMax = settings.headerBytesMax
        bodyBytesMax = settings.bodyBytesMax
        headerTimeoutMs = settings.headerTimeoutMs
        bodyTimeoutMs = settings.bodyTimeoutMs
        idleTimeoutMs = settings.idleTimeoutMs
        writeTimeoutMs = settings.writeTimeoutMs
        connectionsMax = settings.connectionsMax
        if !settings.tlsCertificate.isEmpty {
            tls = TLSServerOptions(
                certificateChainPath: settings.tlsCertificate, privateKeyPath: settings.tlsKey)
        }
    }
}
