/** Dates by the directives of `strftime`, in UTC. */

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const two = (value: number): string => `${value}`.padStart(2, "0");

export function formatDate(format: string, date: Date): string {
  const day = DAYS[date.getUTCDay()] ?? "";
  const month = MONTHS[date.getUTCMonth()] ?? "";
  const hour12 = date.getUTCHours() % 12 || 12;
  const values: Readonly<Record<string, () => string>> = {
    a: () => day.slice(0, 3),
    A: () => day,
    b: () => month.slice(0, 3),
    B: () => month,
    c: () => formatDate("%a %b %e %H:%M:%S %Y", date),
    d: () => two(date.getUTCDate()),
    D: () => formatDate("%m/%d/%y", date),
    e: () => `${date.getUTCDate()}`.padStart(2),
    F: () => formatDate("%Y-%m-%d", date),
    H: () => two(date.getUTCHours()),
    I: () => two(hour12),
    j: () =>
      `${Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1}`.padStart(
        3,
        "0",
      ),
    m: () => two(date.getUTCMonth() + 1),
    M: () => two(date.getUTCMinutes()),
    n: () => "\n",
    p: () => (date.getUTCHours() < 12 ? "AM" : "PM"),
    s: () => `${Math.floor(date.getTime() / 1000)}`,
    S: () => two(date.getUTCSeconds()),
    t: () => "\t",
    T: () => formatDate("%H:%M:%S", date),
    u: () => `${date.getUTCDay() || 7}`,
    w: () => `${date.getUTCDay()}`,
    x: () => formatDate("%m/%d/%y", date),
    X: () => formatDate("%H:%M:%S", date),
    y: () => two(date.getUTCFullYear() % 100),
    Y: () => `${date.getUTCFullYear()}`,
    z: () => "+0000",
    Z: () => "UTC",
    "%": () => "%",
  };
  return format.replace(/%([a-zA-Z%])/g, (all, letter: string) => values[letter]?.() ?? all);
}
