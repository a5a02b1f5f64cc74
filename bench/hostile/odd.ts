/** Numbers as text that only careless parsers take. */
export const ODD_NUMBERS = [
  "",
  " ",
  "%20",
  "0x1",
  "1e0",
  "+1",
  "1.",
  ".5",
  "NaN",
  "Infinity",
  "-0x0",
  "1_0",
  "١",
  "1%00",
  "1,5",
  "null",
];

/** Text that databases, paths and objects trip over. */
export const ODD_TEXT = [
  "\u0000",
  "\ud800",
  "a".repeat(300),
  "../..",
  "%00",
  "🙂".repeat(150),
  "';--",
  "constructor",
  "__proto__",
];
