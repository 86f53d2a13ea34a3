import Assembly
import Assistants
import Configuration
import Foundation
import Store

/// Brings files into an assistant's records: all of a file, or nothing where it has a fault.
public enum DataImport {
    public typealias Kind = ImportedRecords

    /// Reads a file, checks all of it, and writes it in one step. Blocking.
    /// - Returns: what was done, as a sentence.
    public static func run(
        _ kind: Kind, path: String, assistantID: String, configuration: Configuration
    ) throws -> String {
        let block = try AssistantData.block(assistantID, configuration)
        try AssistantData.check(kind, block)
        switch kind {
        case .menu:
            let items = try DataFile.read(path, as: "a menu", MenuCSV.read)
            try write(configuration) {
                $0.replaceMenu(items, assistantID: block.id, completion: $1)
            }
            let categories = Set(items.map(\.category)).count
            return "\(block.id): \(items.count) items in \(categories) categories"
        case .customers:
            let customers = try DataFile.read(path, as: "a list of customers", CustomerCSV.read)
            try checkLength(customers, block, path)
            let merge = try write(configuration) {
                $0.mergeCustomers(customers, assistantID: block.id, completion: $1)
            }
            return "\(block.id): \(merge.added) customers added, \(merge.changed) changed"
        case .hospitals:
            let hospitals = try DataFile.read(path, as: "a directory", HospitalCSV.read)
            try write(configuration) {
                $0.replaceHospitals(hospitals, assistantID: block.id, completion: $1)
            }
            let cities = Set(hospitals.map { $0.city.lowercased() }).count
            return "\(block.id): \(hospitals.count) hospitals in \(cities) cities"
        case .tables:
            let tables = try DataFile.read(path, as: "a list of tables", DiningTableCSV.read)
            let now = Int64(Date().timeIntervalSince1970)
            let orphans = try write(configuration) {
                $0.replaceDiningTables(tables, assistantID: block.id, now: now, completion: $1)
            }
            let seats = tables.reduce(0) { $0 + $1.seats }
            let text = "\(block.id): \(tables.count) tables with \(seats) seats"
            guard !orphans.isEmpty else { return text }
            return text + "; guests are still booked at " + orphans.joined(separator: ", ")
                + ", which are no longer there: seat them elsewhere"
        }
    }

    /// A number of another length could not be told by telephone.
    private static func checkLength(
        _ customers: [Customer], _ block: AssistantBlock, _ path: String
    ) throws {
        let wanted = block.customerNumberDigits
        guard wanted > 0, let wrong = customers.first(where: { $0.number.utf8.count != wanted })
        else { return }
        throw DaemonError(
            .badData,
            "\(path): the number \(wrong.number) has not the \(wanted) digits that "
                + "customerNumberDigits of '\(block.id)' says")
    }

    @discardableResult
    private static func write<Value: Sendable>(
        _ configuration: Configuration,
        _ operation: (Database, @escaping StoreCompletion<Value>) -> Void
    ) throws -> Value {
        let database = try Stores.openDatabase(configuration.store)
        defer { database.close() }
        return try BlockingResult<Value>.of { operation(database, $0) }
    }
}

/// Which assistant records are asked for.
package enum AssistantData {
    package static func block(_ id: String, _ configuration: Configuration) throws -> AssistantBlock
    {
        guard let block = configuration.assistants.first(where: { $0.id == id }) else {
            throw DaemonError(
                .usage,
                "there is no assistant '\(id)'; there are "
                    + configuration.assistants.map(\.id).joined(separator: ", "))
        }
        return block
    }

    package static func check(_ records: ImportedRecords, _ block: AssistantBlock) throws {
        guard AssistantKind(named: block.kind)?.imports.contains(records) == true else {
            throw DaemonError(
                .usage,
                "assistant '\(block.id)' is of kind \(block.kind) and has no \(records.rawValue)")
        }
    }
}
