/**
 * A dependency that reports its use: `onUse` runs before a property of it is read and before it is called.
 * What its methods return is not guarded.
 */
export const guard = <T extends object>(dependency: T, onUse: () => void): T =>
  new Proxy(dependency, {
    get(target, key) {
      onUse()
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    apply(target, self, args) {
      onUse()
      return Reflect.apply(target as (...args: unknown[]) => unknown, self, args)
    },
  })
