/** For a button whose second press confirms what the first one brought up: the second half of a double click is not a second press. */
export function single(press: () => unknown): (event: MouseEvent) => void {
  return (event) => {
    if (event.detail < 2) press();
  };
}
