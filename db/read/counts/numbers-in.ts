const [COMMA, MINUS, ZERO] = [44, 45, 48]

/**
 * Reads whole numbers in decimal digits with commas between them, in a fraction of the time that splitting the text takes. They are
 * exact up to 2^53.
 */
export function numbersIn(text: string): number[] {
  const numbers: number[] = []
  let [number, sign] = [0, 1]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA) {
      numbers.push(sign * number)
      number = 0
      sign = 1
    } else if (code === MINUS) sign = -1
    else number = number * 10 + (code - ZERO)
  }
  numbers.push(sign * number)
  return numbers
}
