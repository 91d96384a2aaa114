using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Emits, for each grain interface, a class whose methods send their arguments as grain calls.</summary>
internal static class ReferenceEmitter
{
    private static readonly ConcurrentDictionary<Type, Lazy<Func<GrainCaller, GrainId, object>>> Factories = new();
    private static readonly ConcurrentDictionary<Type, Type> Interfaces = new();
    private static readonly Type[] ConstructorTypes = [typeof(GrainCaller), typeof(GrainId)];

    private static readonly ConstructorInfo BaseConstructor =
        typeof(EmittedReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, ConstructorTypes)!;

    private static readonly MethodInfo InvokeMethod = typeof(EmittedReference).GetMethod(nameof(EmittedReference.Invoke))!;

    /// <summary>Makes references to grains of that interface.</summary>
    /// <exception cref="ArgumentException">The type is no grain interface.</exception>
    public static Func<GrainCaller, GrainId, object> Factory(Type interfaceType) => Factories.GetOrAdd(
        interfaceType,
        type => new Lazy<Func<GrainCaller, GrainId, object>>(() => Emit(type))).Value;

    /// <summary>The grain interface of a reference's class.</summary>
    public static Type InterfaceOf(Type referenceType) => Interfaces.GetValueOrDefault(referenceType, typeof(IAddressable));

    private static Func<GrainCaller, GrainId, object> Emit(Type interfaceType)
    {
        if (interfaceType == typeof(IAddressable) || interfaceType == typeof(IGrain))
        {
            return GrainReference.Untyped;
        }

        if (!interfaceType.IsInterface || !typeof(IAddressable).IsAssignableFrom(interfaceType))
        {
            throw new ArgumentException($"{interfaceType} is not a grain interface.", nameof(interfaceType));
        }

        var methods = interfaceType.GetInterfaces().Append(interfaceType).SelectMany(type => type.GetMethods())
            .Where(method => method.IsAbstract && !method.IsStatic).ToArray();
        var type = NewModule(interfaceType, methods).DefineType(
            $"{interfaceType.FullName}.Reference", TypeAttributes.Sealed | TypeAttributes.Class, typeof(EmittedReference), [interfaceType]);
        var table = type.DefineField("Methods", typeof(InterfaceMethod[]), FieldAttributes.Public | FieldAttributes.Static);
        EmitConstructor(type);
        for (var i = 0; i < methods.Length; i++)
        {
            EmitMethod(type, table, methods[i], i);
        }

        var emitted = type.CreateType();
        emitted.GetField("Methods")!.SetValue(null, methods.Select(method => new InterfaceMethod(method)).ToArray());
        Interfaces[emitted] = interfaceType;
        return Constructor(emitted);
    }

    private static Func<GrainCaller, GrainId, object> Constructor(Type emitted)
    {
        var parameters = ConstructorTypes.Select(type => Expression.Parameter(type)).ToArray();
        var create = Expression.New(emitted.GetConstructor(ConstructorTypes)!, parameters.AsEnumerable<Expression>());
        return Expression.Lambda<Func<GrainCaller, GrainId, object>>(create, parameters).Compile();
    }

    /// <summary>One dynamic assembly an interface, allowed to see the internal types that its signatures name.</summary>
    private static ModuleBuilder NewModule(Type interfaceType, MethodInfo[] methods)
    {
        var name = new AssemblyName($"Orleans.References.{interfaceType.FullName}");
        var assembly = AssemblyBuilder.DefineDynamicAssembly(name, AssemblyBuilderAccess.Run);
        var mentioned = methods
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(Parts)
            .Concat([interfaceType, typeof(EmittedReference)])
            .Concat(interfaceType.GetInterfaces());
        var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
        foreach (var visible in mentioned.Select(type => type.Assembly.GetName().Name!).Distinct())
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [visible]));
        }

        return assembly.DefineDynamicModule(name.Name!);
    }

    private static IEnumerable<Type> Parts(Type type) => type.HasElementType
        ? Parts(type.GetElementType()!)
        : type.GetGenericArguments().SelectMany(Parts).Append(type);

    private static void EmitConstructor(TypeBuilder type)
    {
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, ConstructorTypes);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, BaseConstructor);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder type, FieldInfo table, MethodInfo method, int index)
    {
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var body = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.NewSlot | MethodAttributes.HideBySig,
            method.ReturnType,
            parameters);
        var il = body.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, table);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, i + 1);
            if (parameters[i].IsValueType)
            {
                il.Emit(OpCodes.Box, parameters[i]);
            }

            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Call, InvokeMethod);
        if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
        else
        {
            il.Emit(OpCodes.Unbox_Any, method.ReturnType);
        }

        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(body, method);
    }
}
