// Package privacy is the capability behind what is held of a customer: it finds, hands
// out and erases a person across accepted files, records, operational records and what is
// made of them, and keeps to the periods after which data goes.
//
// Rules: to erase is to make anonymous, so that the books still balance: what was bought
// stays, who bought it goes. Rows of a person get a random pseudonym, the same in all
// files of one erasure, that nothing leads back from; cells that no figure needs are
// emptied. A file that was written anew replaces the old one, and that is signed in the
// ledger of erasures. An erasure is begun and finished, or never was, wherever a process
// is killed. Who was erased is remembered by a keyed digest alone.
package privacy
