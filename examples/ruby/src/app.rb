# frozen_string_literal: true

require "json"
require_relative "rates"

def handler(event:, context:)
  rate = (event["queryStringParameters"] || {}).fetch("rate", "1")
  worth = Rates.exchanged(event["pathParameters"]["amount"], rate, ENV.fetch("FEE"))
  puts "exchanged for #{context.aws_request_id}"
  { worth: worth, release: ENV.fetch("RELEASE") }
rescue ArgumentError, ZeroDivisionError
  { statusCode: 400, body: JSON.generate(message: "amount and rate must be numbers") }
end
