import COpenSSL
import CStreamD
import Glibc

/// The TLS of one stream: OpenSSL between two memory buffers, without any I/O of its own.
final class TLSSession {
    let isClient: Bool
    private(set) var isEstablished = false
    private let ssl: OpaquePointer
    /// Where bytes from the wire go in, and where bytes for the wire come out.
    private let input: OpaquePointer
    private let output: OpaquePointer
    private let peerName: String?

    enum Handshake {
        case done
        case waiting
        case failed(NetError)
    }

    enum Decrypted {
        case bytes(Int)
        case waiting
        case ended
        case failed(NetError)
    }

    /// A server's session.
    convenience init(serverContext: TLSContext) throws(NetError) {
        try self.init(context: serverContext, peerName: nil)
    }

    /// A client's session with the named server; an IP address is checked as such, and not sent.
    convenience init(
        clientContext: TLSContext, serverName: String, verifiesPeer: Bool
    ) throws(NetError) {
        try self.init(context: clientContext, peerName: serverName)
        if SocketAddress(host: serverName, port: 0) != nil {
            if verifiesPeer, X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), serverName) != 1 {
                throw .tls(what: "checking \(serverName)", reason: TLSContext.lastReason())
            }
        } else {
            let name = serverName.hasSuffix(".") ? String(serverName.dropLast()) : serverName
            guard streamd_tls_set_server_name(ssl, name) == 1,
                !verifiesPeer || SSL_set1_host(ssl, name) == 1
            else { throw .tls(what: "naming \(serverName)", reason: TLSContext.lastReason()) }
        }
    }

    private init(context: TLSContext, peerName: String?) throws(NetError) {
        guard let ssl = SSL_new(context.pointer) else {
            throw .tls(what: "making a session", reason: TLSContext.lastReason())
        }
        guard let input = BIO_new(BIO_s_mem()), let output = BIO_new(BIO_s_mem()) else {
            SSL_free(ssl)
            throw .tls(what: "making a session's buffers", reason: TLSContext.lastReason())
        }
        self.ssl = ssl
        self.input = input
        self.output = output
        self.peerName = peerName
        isClient = peerName != nil
        SSL_set_bio(ssl, input, output)
        streamd_tls_set_write_mode(ssl)
    }

    deinit {
        SSL_free(ssl)
    }

    /// Chooses the side, before the first byte.
    func prepare() {
        if isClient {
            SSL_set_connect_state(ssl)
        } else {
            SSL_set_accept_state(ssl)
        }
    }

    /// Takes bytes from the wire.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        let taken = BIO_write(input, bytes.baseAddress, Int32(bytes.count))
        precondition(taken == Int32(bytes.count), "a memory buffer took less than it was given")
    }

    /// Hands over the bytes for the wire, if there are any, and forgets them.
    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start: UnsafePointer<UInt8>?
        let count = streamd_bio_pending(output, &start)
        guard count > 0 else { return }
        body(UnsafeRawBufferPointer(start: start, count: count))
        streamd_bio_clear(output)
    }

    func handshake() -> Handshake {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return .done
        }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waiting
        default: return .failed(failure("handshake"))
        }
    }

    func decrypt(into buffer: UnsafeMutableRawBufferPointer) -> Decrypted {
        ERR_clear_error()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        if count > 0 {
            return .bytes(Int(count))
        }
        switch SSL_get_error(ssl, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .waiting
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: return .failed(failure("reading"))
        }
    }

    /// Encrypts all of the bytes into the output; false when the session is broken.
    func encrypt(_ bytes: UnsafeRawBufferPointer) -> Bool {
        ERR_clear_error()
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count = SSL_write(ssl, rest.baseAddress, Int32(clamping: rest.count))
            guard count > 0 else { return false }
            sent += Int(count)
        }
        return true
    }

    /// Puts the alert that announces the end into the output.
    func sendCloseNotify() {
        guard isEstablished else { return }
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    /// The error for what OpenSSL just refused.
    func failure(_ what: String) -> NetError {
        let place = peerName.map { "\(what) with \($0)" } ?? what
        let verdict = SSL_get_verify_result(ssl)
        if isClient, !isEstablished, verdict != Int(X509_V_OK) {
            let reason = String(cString: X509_verify_cert_error_string(verdict))
            return .tls(what: place, reason: "the server's certificate was refused: \(reason)")
        }
        return .tls(what: place, reason: TLSContext.lastReason())
    }
}
