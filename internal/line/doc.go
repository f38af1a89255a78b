// Package line is the one door to LINE: nothing else in Ippo calls the LINE platform.
//
// Start at New and Client. A method is one call of the Messaging API: it waits until LINE's rate
// allows the call, makes it under a deadline, and says what came of it. Sends answer with a
// Receipt; everything that went wrong is an *Error whose Class says what to do next, so that no
// caller looks at status codes or texts.
//
// Messages cross as the JSON that the phone will draw. The SDK's own message types add zero
// values that change layouts ("flex":0), so the bytes pass through untouched.
//
// Pushes, multicasts and broadcasts are sent from prepared bytes (EncodePush and the like, Turn): under one
// retry key LINE must see the same request each time, and the ledger keeps a hash of it.
//
// Numbers and rules are LINE's; where one is used, the comment names the section of
// https://developers.line.biz/en/reference/messaging-api/ that states it.
package line
