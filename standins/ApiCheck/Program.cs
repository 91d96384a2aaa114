using System.Reflection;
using System.Runtime.Loader;
using Reflux.Tests.Support;

// Compares what an assembly serves with its list, as a step of its build:
//   ApiCheck <assembly> <api.txt> <file with one reference path a line> [--write]
string assemblyPath = Path.GetFullPath(args[0]);
string listPath = args[1];
Dictionary<string, string> references = File.ReadLines(args[2])
    .Where(path => path.Length > 0)
    .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
    .ToDictionary(group => group.Key, group => Path.GetFullPath(group.First()), StringComparer.OrdinalIgnoreCase);
AssemblyLoadContext.Default.Resolving += (context, name) =>
    references.TryGetValue(name.Name!, out string? path) ? context.LoadFromAssemblyPath(path) : null;

IReadOnlyList<string> served = ApiSurface.Describe(AssemblyLoadContext.Default.LoadFromAssemblyPath(assemblyPath));
if (args.Contains("--write"))
{
    File.WriteAllText(listPath, string.Concat(served.Select(line => line + "\n")));
    return 0;
}

string[] listed = File.Exists(listPath) ? File.ReadAllLines(listPath) : [];
string[] unlisted = [.. served.Except(listed)];
string[] missing = [.. listed.Except(served)];
foreach (string line in unlisted)
{
    Console.WriteLine($"{listPath} : error API0001: served but not listed: {line}");
}

foreach (string line in missing)
{
    Console.WriteLine($"{listPath} : error API0002: listed but not served: {line}");
}

return unlisted.Length + missing.Length == 0 ? 0 : 1;
