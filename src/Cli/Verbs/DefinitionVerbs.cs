using System.CommandLine;
using Reflux.Cli.Output;
using Reflux.Contracts.Definitions;

namespace Reflux.Cli.Verbs;

/// <summary>list, show and delete, which lanes, teachers and students share.</summary>
internal static class DefinitionVerbs
{
    public static Command With(Command parent, DefinitionKind kind, Command create)
    {
        parent.Add(create);
        parent.Add(List(kind));
        if (kind != DefinitionKind.Student)
        {
            parent.Add(Show(kind));
        }

        parent.Add(Delete(kind));
        return parent;
    }

    public static void PrintCreated(Definition definition, bool json)
    {
        if (json)
        {
            Printer.Json(definition);
        }
        else
        {
            Console.Out.WriteLine($"created {Word(definition.Kind)} {definition.Name} ({definition.Id})");
        }
    }

    private static Command List(DefinitionKind kind)
    {
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("list", $"List all {Word(kind)}s.") { server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var items = await client.ListAsync(kind, cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(items);
            }
            else
            {
                Printer.Table(["name", "id", "revision"], items.Select(item => (IReadOnlyList<string>)[item.Name, item.Id.ToString(), item.Revision.ToString()]));
            }
        }));
        return command;
    }

    private static Command Show(DefinitionKind kind)
    {
        var name = new Argument<string>("name");
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("show", $"Show one {Word(kind)}'s definition, as JSON.") { name, server, json };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
            Printer.Json(await client.GetDefinitionAsync(kind, parsed.GetRequiredValue(name), cancellation))));
        return command;
    }

    private static Command Delete(DefinitionKind kind)
    {
        var name = new Argument<string>("name");
        var server = CommonOptions.Server();
        var command = new Command("delete", $"Delete a {Word(kind)}.") { name, server };
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            await client.DeleteAsync(kind, parsed.GetRequiredValue(name), cancellation);
            Console.Out.WriteLine($"deleted {Word(kind)} {parsed.GetRequiredValue(name)}");
        }));
        return command;
    }

    private static string Word(DefinitionKind kind) => kind.ToString().ToLowerInvariant();
}
