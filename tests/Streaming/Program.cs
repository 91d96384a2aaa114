using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;

// What `reflux broker --data DIR` does, for the tests that need a broker in a process of its own: DIR [idle seconds].
try
{
    var options = new KafkaOptions { PromptPartitions = 2, LabelPartitions = 2 };
    options.Embedded.IdleSeconds = args.Length > 1 ? double.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 30;
    await EmbeddedBrokerHost.RunAsync(args[0], options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
    return 0;
}
catch (RefluxException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Code}: {exception.Message}");
    return 3;
}
