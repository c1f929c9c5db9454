namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's pathlen::.</summary>
internal static class PathLengthCases
{
    public static void Add(Cases c)
    {
        var root = c.Make.Root();
        for (var length = 0; length <= 2; length++)
        {
            var ica = c.Make.Intermediate(root, length);
            c.Good($"pathlen::ee-with-intermediate-pathlen-{length}", root, c.Make.Leaf(ica), null, ica);
        }

        var first = c.Make.Intermediate(root, 0);
        var second = c.Make.Intermediate(first, 0);
        c.Good("pathlen::validation-ignores-pathlen-in-leaf", root, second, null, first);
        c.Bad("pathlen::intermediate-violates-pathlen-0", root, c.Make.Leaf(second), null, first, second);
        var one = c.Make.Intermediate(root, 1);
        var two = c.Make.Intermediate(one, 2);
        c.Good("pathlen::intermediate-pathlen-may-increase", root, c.Make.Leaf(two), null, one, two);
        var zero = c.Make.Intermediate(one, 0);
        var tooLong = c.Make.Intermediate(zero, 0);
        c.Bad("pathlen::intermediate-pathlen-too-long", root, c.Make.Leaf(tooLong), null, one, zero, tooLong);
        var named = c.Make.Intermediate(root, 1, name: "rolled-over");
        var again = c.Make.Intermediate(named, 1, name: "rolled-over");
        var last = c.Make.Intermediate(again, 0);
        c.Good("pathlen::self-issued-certs-pathlen", root, c.Make.Leaf(last), null, named, again, last);
        Depths(c, root);
        var limited = c.Make.Root(d => d.Set(X.BasicConstraints, Der.BasicConstraints(authority: true, 0), critical: true));
        var below = c.Make.Intermediate(limited);
        c.Bad("pathlen::root-pathlen-0", limited, c.Make.Leaf(below), null, below);
        c.Bad("pathlen::negative", root, c.Make.Leaf(c.Make.Intermediate(root, -1) is var negative ? negative : root), null, negative);
    }

    private static void Depths(Cases c, Issued root)
    {
        var ica = c.Make.Intermediate(root);
        var lower = c.Make.Intermediate(ica);
        c.Good("pathlen::max-chain-depth-0", root, c.Make.Leaf(root), new CaseOptions { Depth = 0 });
        c.Bad("pathlen::max-chain-depth-0-exhausted", root, c.Make.Leaf(ica), new CaseOptions { Depth = 0 }, ica);
        c.Good("pathlen::max-chain-depth-1", root, c.Make.Leaf(ica), new CaseOptions { Depth = 1 }, ica);
        c.Bad("pathlen::max-chain-depth-1-exhausted", root, c.Make.Leaf(lower), new CaseOptions { Depth = 1 }, ica, lower);
        var self = c.Make.Intermediate(ica, name: "self");
        var issued = c.Make.Intermediate(self, name: "self");
        c.Good("pathlen::max-chain-depth-1-self-issued", root, c.Make.Leaf(c.Make.Intermediate(c.Make.Intermediate(root, name: "twice") is var t ? t : self, name: "twice") is var u ? u : issued), new CaseOptions { Depth = 1 }, t, u);
    }
}
