/// The version that `streamd version`, the `Server` header and the health pages tell.
public enum StreamdVersion {
    public static let current = "0.1.0"
}
