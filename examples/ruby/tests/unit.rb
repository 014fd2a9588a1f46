# frozen_string_literal: true

require_relative "../src/rates"

class Tests
  def test_takes_the_fee
    equal "108.90", Rates.exchanged("100", "1.1", "0.01")
  end

  def test_rounds_to_the_cent
    equal "0.00", Rates.exchanged("0.005", "1", "0")
  end
end
