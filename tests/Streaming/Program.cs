using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Errors;
using Reflux.Streaming;
using Reflux.Streaming.Embedded;

// For the tests that need processes of their own: what `reflux broker --data DIR` does (DIR), or a group member (member ADDRESS).
try
{
    if (args[0] == "member")
    {
        await using var connection = await LogConnection.OpenAsync(new KafkaOptions(), args[1], TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await using var member = new GroupReader(connection, Topics.Prompts, ConsumerGroups.Teachers);
        while (await member.ReadAsync(CancellationToken.None) is { } record)
        {
            await Console.Out.WriteLineAsync(record.Position.ToString());
        }
    }

    var options = new KafkaOptions { PromptPartitions = 2, LabelPartitions = 2 };
    options.Embedded.IdleSeconds = 30;
    await EmbeddedBrokerHost.RunAsync(args[0], options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
    return 0;
}
catch (RefluxException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Code}: {exception.Message}");
    return 3;
}
