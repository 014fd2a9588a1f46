# frozen_string_literal: true

require "json"
require "net/http"

class Tests
  def test_exchanges
    equal "297.00", JSON.parse(asked("/rates/200?rate=1.5").body)["worth"]
  end

  def test_refuses_what_is_no_number
    equal "400", asked("/rates/much").code
  end

  private

  def asked(path)
    Net::HTTP.get_response(URI(ENV.fetch("ENDPOINT").chomp("/") + path))
  end
end
