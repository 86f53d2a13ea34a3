import COpenSSL
import CStreamD
import Glibc
import Realtime

/// How a server identifies itself.
public struct TLSServerOptions: Sendable, Hashable {
    /// A PEM file: the server's certificate first, then those that lead to the root.
    public var certificateChainPath: String
    /// A PEM file with the private key of the first certificate.
    public var privateKeyPath: String

    public init(certificateChainPath: String, privateKeyPath: String) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
    }
}

/// Whom a client trusts.
public struct TLSClientOptions: Sendable, Hashable {
    /// A PEM file of trusted roots in place of the system's store.
    public var caFile: String?
    /// False accepts every certificate: for tests on one machine only.
    public var verifiesPeer: Bool
    /// The name to ask for and to check, when it is not the host that is connected to.
    public var serverName: String?

    public init(caFile: String? = nil, verifiesPeer: Bool = true, serverName: String? = nil) {
        self.caFile = caFile
        self.verifiesPeer = verifiesPeer
        self.serverName = serverName
    }
}

/// OpenSSL's shared settings for many sessions. Immutable once made, so any thread may use it.
final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    private init(_ method: OpaquePointer?) throws(NetError) {
        guard let pointer = SSL_CTX_new(method) else {
            throw .tls(what: "making a context", reason: Self.lastReason())
        }
        self.pointer = pointer
        guard streamd_tls_context_rules(pointer) == 1 else {
            throw .tls(what: "setting the least version", reason: Self.lastReason())
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Reads a server's certificate chain and key. Blocks on the files.
    static func server(_ options: TLSServerOptions) throws(NetError) -> TLSContext {
        ERR_clear_error()
        let context = try TLSContext(TLS_server_method())
        let chain = options.certificateChainPath
        guard SSL_CTX_use_certificate_chain_file(context.pointer, chain) == 1 else {
            throw .tls(what: "reading the certificate chain \(chain)", reason: lastReason())
        }
        let key = options.privateKeyPath
        guard SSL_CTX_use_PrivateKey_file(context.pointer, key, SSL_FILETYPE_PEM) == 1 else {
            throw .tls(what: "reading the private key \(key)", reason: lastReason())
        }
        guard SSL_CTX_check_private_key(context.pointer) == 1 else {
            throw .tls(what: "matching \(key) with \(chain)", reason: lastReason())
        }
        return context
    }

    private static let clients = Locked<[TLSClientOptions: TLSContext]>([:])

    /// The client context for the options; made once, because reading the system's store takes
    /// milliseconds. A certificate file is read when its path is first used.
    static func client(_ options: TLSClientOptions) throws(NetError) -> TLSContext {
        var key = options
        key.serverName = nil
        if let known = clients.withLock({ $0[key] }) {
            return known
        }
        let made = try makeClient(key)
        clients.withLock { $0[key] = made }
        return made
    }

    private static func makeClient(_ options: TLSClientOptions) throws(NetError) -> TLSContext {
        ERR_clear_error()
        let context = try TLSContext(TLS_client_method())
        guard options.verifiesPeer else {
            SSL_CTX_set_verify(context.pointer, SSL_VERIFY_NONE, nil)
            return context
        }
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        if let caFile = options.caFile {
            guard SSL_CTX_load_verify_locations(context.pointer, caFile, nil) == 1 else {
                throw .tls(what: "reading the roots in \(caFile)", reason: lastReason())
            }
        } else if SSL_CTX_set_default_verify_paths(context.pointer) != 1 {
            throw .tls(what: "reading the system's roots", reason: lastReason())
        }
        return context
    }

    /// What OpenSSL says of its last failure on this thread.
    static func lastReason() -> String {
        let code = ERR_get_error()
        guard code != 0 else { return "the connection ended" }
        if let reason = ERR_reason_error_string(code) {
            return String(cString: reason)
        }
        return "OpenSSL error \(code)"
    }
}

/// A server's certificate that can be exchanged while it runs. Any thread.
public final class TLSServerIdentity: Sendable {
    private let options: TLSServerOptions
    private let current: Locked<TLSContext>

    /// Reads the files. Blocks on them.
    public init(_ options: TLSServerOptions) throws(NetError) {
        self.options = options
        current = Locked(try TLSContext.server(options))
    }

    /// Reads the files again; new connections use what they hold now. When they are unusable the
    /// error is thrown and the old certificate stays in use. Blocks on the files.
    public func reload() throws(NetError) {
        let fresh = try TLSContext.server(options)
        current.withLock { $0 = fresh }
    }

    var context: TLSContext { current.withLock { $0 } }
}
