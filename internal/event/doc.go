// Package event takes what other systems tell of customers as it happens, in the
// messages of Segment and RudderStack, and makes records of it.
//
// Rules: a message is acknowledged once it is on the disk, and kept once however often
// it is sent: by its id, or by what it says where it has none. What is wrong with a
// message is told when it comes, so that what was acknowledged can be landed. Messages
// become files of the landing now and then, for each file has all pages computed anew;
// a portion of messages is always the same file, so that landing it again changes
// nothing. Of a message no more is kept than its records need.
package event
