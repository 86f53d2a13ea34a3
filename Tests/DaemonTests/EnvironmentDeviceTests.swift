import Configuration
import Foundation
import Testing

@Suite struct EnvironmentDeviceTests {
    @Test func theNullDeviceHasNoVariablesAndAFolderIsAnError() throws {
        #expect(try EnvironmentFile(path: "/dev/null").values.isEmpty)
        #expect(throws: (any Error).self) { try EnvironmentFile(path: NSTemporaryDirectory()) }
    }
}
