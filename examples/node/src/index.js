const { exchanged } = require("./rates");

exports.handler = async ({ pathParameters, queryStringParameters }) => {
  const worth = exchanged(pathParameters.amount, queryStringParameters?.rate ?? 1, process.env.FEE);
  return worth === undefined
    ? { statusCode: 400, body: JSON.stringify({ message: "amount and rate must be numbers" }) }
    : { statusCode: 200, body: JSON.stringify({ worth, release: process.env.RELEASE }) };
};
