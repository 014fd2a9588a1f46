# frozen_string_literal: true

# report FILE OUT: runs the tests of a file, which are the methods test_... of its Tests, and writes JUnit XML, as a formatter of
# minitest or rspec does, without a gem; ends with 1 where one failed, or none ran.

def equal(expected, received)
  raise "expected #{expected.inspect}, received #{received.inspect}" unless expected == received
end

file, out = ARGV
require File.expand_path(file)

failed = false
cases = Tests.public_instance_methods(false).grep(/\Atest_/).sort.map do |name|
  failure = ""
  begin
    Tests.new.public_send(name)
  rescue StandardError => error
    failed = true
    failure = "<failure message=#{error.message.encode(xml: :attr)}/>"
  end
  puts "#{failure.empty? ? 'passed' : 'failed'} #{name} #{failure}"
  "<testcase classname=\"Tests\" name=\"#{name}\">#{failure}</testcase>"
end
File.write(out, "<testsuite name=#{file.encode(xml: :attr)} tests=\"#{cases.size}\">#{cases.join}</testsuite>\n")
exit(failed || cases.empty? ? 1 : 0)
