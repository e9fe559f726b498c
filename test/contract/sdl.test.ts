import { expect } from 'chai';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { permissions } from '../../server/graphql/permissions.ts';
import { modules } from '../../server/graphql/resolvers/index.ts';
import { createSchema } from '../../server/graphql/schema.ts';
import { bareSchema, rootFields } from '../support/graphql.ts';

const schema = bareSchema();
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

describe('the GraphQL contract', () => {
  it('is complete: every root field has a resolver and a rule, and no rule is left over', () => {
    createSchema();
    expect(Object.keys(permissions)).to.have.members(rootFields(schema));
  });

  it('describes every type, field, argument and value', () => {
    const bare: string[] = [];
    const check = (name: string, item: { description?: string | null | undefined }): void => {
      if (!item.description?.trim()) bare.push(name);
    };
    for (const type of types) {
      check(type.name, type);
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          check(`${type.name}.${field.name}`, field);
          for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg);
        }
      } else if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field);
      } else if (isEnumType(type)) {
        for (const value of type.getValues()) check(`${type.name}.${value.name}`, value);
      }
    }
    expect(bare).to.deep.equal([]);
  });

  it('finds every type with an id again by its id', () => {
    const withId = types.filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node'),
    );
    const loaders = modules.flatMap(({ nodes }) => Object.keys(nodes ?? {}));
    expect(loaders).to.have.members(withId.map(({ name }) => name));
  });

  it('has mutations of one shape: an input, and a payload with errors', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
      ({ name }) => name !== 'ping',
    );
    for (const { name, args, type } of fields) {
      expect(
        args.map((arg) => arg.name).filter((arg) => arg !== 'input'),
        name,
      ).to.deep.equal([]);
      const payload = schema.getType(String(type).replace(/!$/, ''));
      const errors = isObjectType(payload) ? payload.getFields()['errors'] : undefined;
      expect(String(errors?.type), name).to.equal('[UserError!]!');
    }
  });

  it('pages every connection by first and after', () => {
    for (const name of rootFields(schema).filter((field) => field.startsWith('Query.'))) {
      const field = schema.getQueryType()?.getFields()[name.slice('Query.'.length)];
      if (!/Connection!?$/.test(String(field?.type))) continue;
      expect(
        field?.args.map((arg) => `${arg.name}: ${String(arg.type)}`),
        name,
      ).to.include.members(['first: Int!', 'after: String']);
    }
  });
});
