using System.CommandLine;
using System.Globalization;
using Reflux.Cli.Output;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux student fork`: another student on the log of one that exists.</summary>
internal static class StudentForkVerb
{
    public static Command Create()
    {
        var student = new Argument<string>("name") { Description = "The student whose lane and, without --spec, whose spec is taken." };
        var name = new Argument<string>("new") { Description = "Name of the new student." };
        var from = new Option<string>("--from") { Required = true, Description = "start, an offset of the label log, or a whole position as `student show` prints it.", HelpName = "POSITION" };
        var spec = new Option<FileInfo?>("--spec") { Description = "Another spec as JSON: size, loss, LoRA. Its name, lane and position are replaced." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("fork", """
            Create a student that trains from a position of the same log, beside the live one.

            Examples:
              reflux student fork small again --from start
              reflux student fork small tiny --from 1200 --spec tiny.json
            """) { student, name, from, spec, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var status = await client.StudentAsync(parsed.GetRequiredValue(student), cancellation);
            var original = status.Definition.Student!.Spec;
            var asked = parsed.GetValue(spec) is { } file ? await StudentVerb.ReadSpecAsync(file, cancellation) : original;
            var forked = asked with
            {
                Name = parsed.GetRequiredValue(name),
                Lane = original.Lane,
                From = Position(parsed.GetRequiredValue(from), status),
            };
            DefinitionVerbs.PrintCreated(await client.CreateStudentAsync(forked, cancellation), parsed.GetValue(json));
        }));
        return command;
    }

    /// <summary>Where to begin; null for the start.</summary>
    internal static Position? Position(string text, StudentStatus status)
    {
        if (text == "start")
        {
            return null;
        }

        if (Contracts.Identity.Position.TryParse(text, out var position))
        {
            return position;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            throw new UsageException($"--from: '{text}' is neither start nor an offset nor a position (topic/partition@offset)");
        }

        return status.Progress is { Next.Log: { } log } && log.Topic != Guid.Empty
            ? new Position(log, offset)
            : throw new RefluxException(
                ErrorCodes.StudentNotRunning, $"'{status.Definition.Name}' has read nothing yet, so which log the offset belongs to is unknown", "Name a whole position, or --from start.");
    }
}
