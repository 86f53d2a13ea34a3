import Foundation
import Language
import Pipelines
import Store

// Keeping up with a conversation that another engine leads.

extension ServiceDeskDialogue {
    public func witnessed(
        _ action: DialogueAction, in state: ServiceDeskState, now: Date
    ) -> ServiceDeskState {
        var state = state
        switch action.tool {
        case FindCustomer.declaration.name where action.answered("status") == "found",
            CreateCustomer.declaration.name where action.answered("status") == "entered":
            guard let number = action.answered("customer_number"),
                let name = action.answered("name")
            else { return state }
            state.knows(Customer(number: number, name: name))
        case CreateTaskOrder.declaration.name where action.answered("status") == "created":
            guard let number = action.answered("task_number").flatMap({ Int($0) }) else {
                return state
            }
            state.created(taskNumber: number)
        default: break
        }
        return state
    }

    /// A yes counts as agreement only to what was read back; whoever agreed to anything else has it
    /// read back first.
    public func overheard(
        _ reply: String, in state: ServiceDeskState, now: Date
    ) -> ServiceDeskState {
        var state = state
        let isQuestion = AnswerExpectation(askedBy: reply) == .yesNo
        switch state.stage {
        case .confirming:
            guard !isQuestion || !readsOrderBack(reply, state) else { return state }
            state.stage = .changing
        case .confirmingRecord:
            guard !isQuestion || !readsRecordBack(reply, state) else { return state }
            state.stage = .registering
        case .identifying, .unknown, .registering, .collecting, .changing, .retrying, .done: break
        }
        return state
    }

    /// True when kind of work, problem, place and urgency were all said.
    private func readsOrderBack(_ reply: String, _ state: ServiceDeskState) -> Bool {
        let text = SaidText.speakable(reply)
        let said = ServiceUnderstanding.read(text, expecting: .problem, words: words)
        let lower = text.lowercased()
        let (summary, location) = (state.summary ?? "", state.location ?? "")
        return said.service == state.service && said.urgency == state.urgency
            && !summary.isEmpty && lower.contains(summary.lowercased())
            && !location.isEmpty && lower.contains(location.lowercased())
    }

    /// True when the name of the new customer and how they can be reached were both said.
    private func readsRecordBack(_ reply: String, _ state: ServiceDeskState) -> Bool {
        guard let name = state.newName, reply.lowercased().contains(name.lowercased()) else {
            return false
        }
        switch state.newPhone {
        case .digits(let digits):
            let utterance = Utterance(SaidText.speakable(reply))
            return HeardDigits.match(utterance, minimum: 7)?.value == digits
        // What a model says of a number that it does not see can't be held against anything.
        case .callers, .withheld, nil: return false
        }
    }
}

extension ServiceDeskState {
    fileprivate mutating func knows(_ found: Customer) {
        guard customer?.number != found.number else { return }
        customer = found
        newName = nil
        newPhone = nil
        waiting = nil
        if stage != .done { stage = .collecting }
        question = .askProblem
        expectation = .problem
    }

    fileprivate mutating func created(taskNumber number: Int) {
        clearOrder()
        taskNumber = number
        isNumberHeard = false
        waiting = nil
        stage = .done
        question = .anythingElse
        expectation = .anything
    }
}
