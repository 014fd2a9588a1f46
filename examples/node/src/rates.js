/** What an amount is worth, less a fee; undefined where one of them is no number. */
exports.exchanged = (amount, rate, fee) => {
  const worth = Number(amount) * Number(rate) * (1 - Number(fee));
  return Number.isFinite(worth) ? worth.toFixed(2) : undefined;
};
