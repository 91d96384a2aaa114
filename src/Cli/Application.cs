using System.CommandLine;
using System.CommandLine.Help;
using Reflux.Cli.Output;
using Reflux.Cli.Verbs;

namespace Reflux.Cli;

/// <summary>The `reflux` command: its verbs, and how a failure becomes a message and an exit code.</summary>
public static class Application
{
    /// <summary>Returns one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"reflux: {UsageMessage.Of(error, parsed)}");
            }

            Console.Error.WriteLine($"see: reflux {string.Join(' ', Path(parsed))}--help");
            return ExitCodes.Usage;
        }

        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        using var interruption = new Interruption();
        try
        {
            // on a thread of its own: a verb that blocks must not keep us from giving up on it
            var verb = Task.Run(() => parsed.InvokeAsync(configuration, interruption.Token));
            await Task.WhenAny(verb, interruption.Overdue);
            return verb.IsCompleted ? await verb : ExitCodes.Interrupted;
        }
        catch (Exception error) when (Failure.Of(error, interruption.Requested) is { } failure)
        {
            failure.Print(Console.Error);
            return failure.ExitCode;
        }
    }

    // a plain command, since a RootCommand takes the name of its assembly
    internal static Command Root() => new("reflux", "Reflux keeps a small student language model continuously distilled from a large teacher, on the live prompts of a product.")
    {
        DemoVerb.Create(),
        ChaosVerb.Create(),
        SiloVerb.Create(),
        BrokerVerb.Create(),
        LaneVerb.Create(),
        TeacherVerb.Create(),
        StudentVerb.Create(),
        PromptsVerb.Create(),
        SampleVerb.Create(),
        SnapshotVerb.Create(),
        ArchiveVerb.Create(),
        DeadLettersVerb.Create(),
        LabelsVerb.Create(),
        ModelVerb.Create(),
        GenerateVerb.Create(),
        BenchVerb.Create(),
        TrainTeacherVerb.Create(),
        new HelpOption { Recursive = true },
        new VersionOption(),
    };

    private static IEnumerable<string> Path(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
        {
            names.Push(result.Command.Name + " ");
        }

        return [string.Concat(names)];
    }
}
