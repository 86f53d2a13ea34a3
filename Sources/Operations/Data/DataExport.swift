import Assistants
import Configuration
import Assembly
import Foundation
import Store

/// Writes an assistant's records as comma-separated values. What can be imported comes out as
/// ``DataImport`` takes it in.
public enum DataExport {
    public enum Kind: String, CaseIterable, Sendable {
        case menu, customers, hospitals, tables, orders, reservations, tasks
    }

    /// Reads the records from the store. Blocking.
    /// - Returns: the text of a file.
    public static func run(
        _ kind: Kind, assistantID: String, configuration: Configuration
    ) throws -> String {
        let id = try AssistantData.block(assistantID, configuration).id
        let database = try Stores.openDatabase(configuration.store)
        defer { database.close() }
        let always: Range<UnixSeconds> = 0..<Int64.max
        switch kind {
        case .menu:
            return MenuCSV.write(
                try BlockingResult.of { database.menu(assistantID: id, completion: $0) })
        case .customers:
            return CustomerCSV.write(
                try BlockingResult.of { database.customers(assistantID: id, completion: $0) })
        case .hospitals:
            let list = try BlockingResult<HospitalList?>.of {
                database.hospitals(assistantID: id, unlessVersion: 0, completion: $0)
            }
            return HospitalCSV.write(list?.hospitals ?? [])
        case .tables:
            return DiningTableCSV.write(
                try BlockingResult.of { database.diningTables(assistantID: id, completion: $0) })
        case .orders:
            return RecordCSV.write(
                try BlockingResult<[Order]>.of {
                    database.orders(assistantID: id, createdIn: always, completion: $0)
                })
        case .reservations:
            return RecordCSV.write(
                try BlockingResult<[Reservation]>.of {
                    database.reservations(assistantID: id, startingIn: always, completion: $0)
                })
        case .tasks:
            return RecordCSV.write(
                try BlockingResult<[TaskOrder]>.of {
                    database.tasks(assistantID: id, createdIn: always, completion: $0)
                })
        }
    }
}
