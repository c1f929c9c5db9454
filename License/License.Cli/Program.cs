return await Yinxin.License.Cli.VerifyCommand.Create().Parse(args is ["verify", .. var rest] ? rest : args).InvokeAsync();
